import { type GuardKind, guardKinds, kindOf, namedKinds, type Range } from "../guards/index.ts";
import { closest } from "./closest.ts";
import { type Draft, listOf, looseOf, type Report, textOf } from "./draft.ts";
import { checkMargin } from "./margin-checks.ts";
import { type PathSegment, renderList, renderSeen } from "./problems.ts";
import { parseRange, rangePattern, type ValueRange } from "./units.ts";

/** What watches the candidate: each metric once, with what its kind allows. */
export function checkGuards({ rollout }: Draft, report: Report, kinds: readonly GuardKind[] = guardKinds): void {
  const names = namedKinds(kinds).map(({ metric }) => metric);
  const guards = listOf(rollout.guards).map(looseOf);
  const metrics = guards.map((guard) => textOf(guard.metric));
  if (guards.length > 0 && guards.every(({ importance }) => importance === "information")) {
    report(
      ["rollout", "guards"],
      "guards that inform only",
      "one guard at least that decides",
      "Remove importance from one, or remove all guards: then nothing is judged.",
    );
  }
  for (const [index, guard] of guards.entries()) {
    const metric = metrics[index];
    if (metric === undefined) continue;
    const at = (key: string): PathSegment[] => ["rollout", "guards", index, key];
    if (metrics.indexOf(metric) < index) {
      report(
        at("metric"),
        `${JSON.stringify(metric)} a second time`,
        "one guard for each metric",
        "Remove one of the two.",
      );
    }
    const range = rangeIn(guard.range);
    const kind = kindOf({ metric, ...(range !== undefined && { range }) }, kinds);
    const { source, directions } = kind;
    if (guard.range !== undefined && kind.metric !== undefined) {
      report(at("range"), renderSeen(guard.range), `no range for ${metric}`, "Remove range.");
    }
    if (guard.matures !== undefined && source !== "feedback") {
      report(
        at("matures"),
        renderSeen(guard.matures),
        `no time for ${metric}, which is known with the answer`,
        "Remove matures.",
      );
    }
    if (guard.groups !== undefined && source !== "feedback") {
      report(
        at("groups"),
        renderSeen(guard.groups),
        `no groups for ${metric}: a request does not say whose it is`,
        "Remove groups, or guard a business metric, whose feedback names the group.",
      );
    }
    const groups = listOf(guard.groups).map(textOf);
    const twice = groups.findIndex((group, i) => group !== undefined && groups.indexOf(group) < i);
    if (twice >= 0) {
      report([...at("groups"), twice], `${renderSeen(groups[twice])} a second time`, "each group once", "Remove one.");
    }
    const looksLike = guard.source === undefined && source === "feedback" ? lookalike(metric, kinds) : undefined;
    if (looksLike !== undefined) {
      report(
        at("metric"),
        renderSeen(metric),
        `${renderList([...names, ACCURACY])}, or a business metric that is named otherwise`,
        `Did you mean ${looksLike}? For a business metric of this name, which arrives as feedback, add: source: feedback`,
      );
    }
    if ((guard.source === "requests" || guard.source === "feedback") && guard.source !== source) {
      const meant = source === "feedback" ? closest(metric, names) : undefined;
      report(
        at("source"),
        renderSeen(guard.source),
        `${source} for ${metric}`,
        meant ? `Did you mean the metric ${meant}? Else remove source.` : "Remove source.",
      );
    }
    const direction = directionIn(guard.direction);
    if (direction !== undefined && !directions.includes(direction)) {
      report(at("direction"), renderSeen(direction), `${renderList(directions)} for ${metric}`, "Remove direction.");
    }
    // Which margins there are depends on a range that can be read.
    if (guard.range === undefined || range !== undefined || kind.metric !== undefined) {
      checkMargin(
        { metric, kind, margin: textOf(guard.margin), range, direction: direction ?? directions[0] },
        (...problem) => report(at("margin"), renderSeen(guard.margin), ...problem),
      );
    }
  }
}

/** The range that a guard declares; undefined where it declares none, or nothing that is one. */
function rangeIn(value: unknown): Range | undefined {
  const text = textOf(value);
  if (text === undefined || !rangePattern.test(text)) return undefined;
  const range = parseRange(text as ValueRange);
  return range.least < range.most ? range : undefined;
}

const directionIn = (value: unknown): GuardKind["directions"][number] | undefined =>
  (["increase", "decrease", "either"] as const).find((each) => each === value);

/** The metric that labels turn into: nobody names it either. */
const ACCURACY = "accuracy";

/** The known metric that a misspelt one most likely meant: other letters' cases, other separators, a few wrong letters, a unit behind it. */
function lookalike(metric: string, kinds: readonly GuardKind[]): string | undefined {
  const named = namedKinds(kinds);
  const known = [...named.map((kind) => kind.metric), ACCURACY];
  if (known.includes(metric)) return undefined;
  const plain = metric.toLowerCase().replaceAll("_", "");
  const meant = named.find(({ aliases }) => aliases !== undefined && new RegExp(`^(?:${aliases})$`).test(plain));
  return meant?.metric ?? closest(plain, known);
}
