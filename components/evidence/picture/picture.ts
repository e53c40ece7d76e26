import type { Interval, Verdict } from "../../analysis/index.ts";
import type { EvidenceDocument } from "../document.ts";
import { judgeAgain } from "../verify.ts";
import { curves, pointsOf } from "./curves.ts";
import { LEFT, MARGIN, RIGHT, type Section, type Time, WIDTH } from "./frame.ts";
import { linear, renderE } from "./scale.ts";
import { renderSpan } from "./span.ts";
import { type Shared, split } from "./split.ts";
import { GUARD_COLOURS, STYLE } from "./style.ts";
import { element, escapeText, label } from "./svg.ts";
import { tails, type Versions } from "./tails.ts";
import { shorten, twoLines } from "./text.ts";
import { type Words, wordsOf } from "./words.ts";

/**
 * A document's evidence as one SVG, self-contained, light or dark as its reader's screen is: the verdict in words, the
 * e-values against their thresholds, the split, and the tails of the latency. What it shows is judged again from the counts.
 */
export function renderPicture(document: EvidenceDocument, verdict: Verdict = judgeAgain(document)): string {
  const { rollout, intervals } = document;
  const versions: Versions = { stable: rollout.stable ?? "stable", candidate: rollout.candidate ?? "the candidate" };
  const ends = endsOf(intervals);
  const words = wordsOf(verdict, versions, ends);
  const seconds = Math.max(1, ends.at(-1) ?? 0);
  const time: Time = { seconds, changes: changesIn(intervals, ends), place: linear([0, seconds], [LEFT, RIGHT]) };
  const shared = sharedIn(document, ends);
  const sections = stack(46, [
    (top) => head(top, document, verdict, words),
    (top) => harm(top, verdict, time, ends),
    (top) => harmlessness(top, verdict, time, ends),
    (top) => split(top, versions.candidate, { time, shared }),
    ...verdict.evidence.guards
      .filter(({ comparisons }) => comparisons.some(({ stableMs }) => stableMs !== undefined))
      .map((guard) => (top: number) => tails(top, guard, versions)),
  ]);
  const height = sections.bottom;
  return `${element(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      viewBox: `0 0 ${WIDTH} ${height}`,
      width: WIDTH,
      height,
      class: "mlc",
      role: "img",
      "aria-labelledby": "mlc-title mlc-desc",
    },
    element("title", { id: "mlc-title" }, escapeText(words.verdict)),
    element("desc", { id: "mlc-desc" }, escapeText(describe(verdict, words))),
    element("style", {}, STYLE),
    element("rect", { width: WIDTH, height, class: "paper" }),
    sections.markup,
  )}\n`;
}

const GAP = 34;

function stack(top: number, drawn: readonly ((top: number) => Section)[]): Section {
  return drawn.reduce<Section>(
    (above, draw) => {
      const { markup, bottom } = draw(above.bottom);
      return { markup: above.markup + markup, bottom: bottom + GAP };
    },
    { markup: "", bottom: top },
  );
}

/** The verdict in words, and below it what rollout this is. */
function head(
  top: number,
  { rollout, hash, method, intervals }: EvidenceDocument,
  verdict: Verdict,
  words: Words,
): Section {
  const { from, seconds, alpha, beta } = verdict.evidence;
  const facts = [
    rollout.model,
    [rollout.how, rollout.cause].filter((word) => word).join(": "),
    from !== null && `${new Date(from).toISOString().slice(0, 16).replace("T", " ")} UTC`,
    `${renderSpan(seconds)} judged in ${intervals.length} intervals`,
    `alpha ${alpha}, beta ${beta}`,
    ...verdict.evidence.guards
      .filter(({ designEffect }) => designEffect !== 1)
      .map(({ name, designEffect }) => `evidence of ${name} divided by ${designEffect}`),
  ];
  const reasons = twoLines(words.reason, 116);
  const bottom = top + 54 + reasons.length * 20;
  const markup = [
    label(MARGIN, top, `title ${verdict.verdict}`, shorten(words.verdict, 60)),
    ...reasons.map((line, i) => label(MARGIN, top + 30 + i * 20, "reason", line)),
    label(MARGIN, bottom - 18, "muted", shorten(facts.filter((fact) => fact).join("  ·  "), 130)),
    label(MARGIN, bottom, "small muted", `method ${method}, ${hash}`),
  ];
  return { markup: markup.join(""), bottom };
}

function harm(top: number, { evidence }: Verdict, time: Time, ends: readonly number[]): Section {
  const { combined, guards, thresholds } = evidence;
  const several = guards.length > 1;
  const drawn = guards.map(({ name, rollback }, i) => ({
    name,
    look: guardLook(i),
    log: rollback.log,
    points: pointsOf(rollback.path, ends),
  }));
  const all = {
    name: several ? "all together" : "harm",
    look: "all",
    log: combined.log,
    points: pointsOf(combined.path, ends),
  };
  const alone = thresholds.rollback + Math.log(guards.length);
  return curves(
    top,
    {
      id: "harm",
      title: "Evidence of harm",
      meaning: "E-values: how many times more the counts speak for harm than against it.",
    },
    {
      time,
      drawn: several ? [...drawn, all] : [all],
      thresholds: [
        { log: thresholds.rollback, look: "harm", text: `rolled back at ${renderE(thresholds.rollback)}` },
        ...(several ? [{ log: alone, look: "soft", text: `one guard alone ${renderE(alone)}` }] : []),
      ],
    },
  );
}

function harmlessness(
  top: number,
  { evidence: { guards, thresholds } }: Verdict,
  time: Time,
  ends: readonly number[],
): Section {
  const threshold = {
    log: thresholds.promote,
    look: "fine",
    text: `shown not to be worse at ${renderE(thresholds.promote)}`,
  };
  const drawn = guards.map(({ name, promote }, i) => ({
    name,
    look: guardLook(i),
    log: promote.log,
    points: pointsOf(promote.path, ends),
  }));
  const meaning =
    "E-values: how many times more the counts speak for a candidate within its margin than beyond it. Each guard needs it, in each step.";
  return curves(
    top,
    { id: "fine", title: "Evidence of harmlessness", meaning },
    { time, drawn, thresholds: [threshold] },
  );
}

const guardLook = (index: number): string => `g${index % GUARD_COLOURS}`;

/** When each interval ended, in s since the first began; one without a length ended with the one before. */
function endsOf(intervals: readonly Interval[]): readonly number[] {
  const start = intervals.find(({ seconds }) => seconds > 0)?.at ?? 0;
  const ends: number[] = [];
  for (const { at, seconds } of intervals) {
    const before = ends.at(-1) ?? 0;
    ends.push(seconds > 0 ? Math.max(before, (at - start) / 1000 + seconds) : before);
  }
  return ends;
}

function changesIn(intervals: readonly Interval[], ends: readonly number[]): readonly number[] {
  let step = intervals[0]?.step ?? 0;
  const changes: number[] = [];
  for (const [i, interval] of intervals.entries()) {
    if (i > 0 && (interval.step ?? 0) > step) changes.push(ends[i - 1] ?? 0);
    step = Math.max(step, interval.step ?? 0);
  }
  return changes;
}

/** Of the guards of an interval the one that counted most: all that was compared. Of two that counted as much, the first. */
function sharedIn({ intervals, settings }: EvidenceDocument, ends: readonly number[]): readonly Shared[] {
  const none = { n0: 0, n1: 0 };
  return intervals.flatMap(({ counts, seconds }, i) => {
    // In the order of the settings: that of the counts is another one in a file, where keys are sorted.
    const most = settings.guards
      .map(({ name }) => counts[name] ?? none)
      .reduce((a, b) => (b.n0 + b.n1 > a.n0 + a.n1 ? b : a), none);
    const to = ends[i] ?? 0;
    return seconds > 0 ? [{ from: Math.max(0, to - seconds), to, stable: most.n0, candidate: most.n1 }] : [];
  });
}

/** The picture for who hears it. */
function describe({ evidence: { combined, thresholds, guards } }: Verdict, { reason }: Words): string {
  const each = guards.map(
    ({ name, rollback, promote }) => `${name}: harm ${renderE(rollback.log)}, harmlessness ${renderE(promote.log)}`,
  );
  return `${reason} E-value of harm of all guards together ${renderE(combined.log)} of ${renderE(thresholds.rollback)} that end the rollout. ${each.join("; ")}. Each needs ${renderE(thresholds.promote)} to be shown harmless.`;
}
