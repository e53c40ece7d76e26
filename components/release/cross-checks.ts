import { type Draft, looseOf, type Report, readDraft, textOf } from "./draft.ts";
import { broughtBy, checkKind } from "./kind.ts";
import { archiveKinds, modelRegistryKinds, monitorKinds, platformKinds, runtimeKinds, sourceKinds } from "./kinds.ts";
import { type PathSegment, type Problem, renderList, renderPath } from "./problems.ts";
import { checkConsumers, checkRetirement } from "./retirement-checks.ts";
import { checkRollout } from "./rollout-checks.ts";

/**
 * What the fields of a release ask of each other.
 * It reads unchecked data, so that one misspelt field does not hide what is wrong elsewhere: what is malformed is passed over here and reported by its structure.
 */
export function checkReferences(data: unknown, root: string): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (path, seen, allowed, cure) =>
    problems.push({ path: renderPath(root, path), seen, allowed, cure });
  const draft = readDraft(data);
  checkKind(platformKinds, draft.platform, inside(report, "platform"));
  checkKind(archiveKinds, draft.archive, inside(report, "archive"));
  checkKind(monitorKinds, draft.monitor, inside(report, "monitor"));
  checkKind(modelRegistryKinds, draft.modelRegistry, inside(report, "modelRegistry"));
  checkArchive(draft, report);
  checkVersions(draft, report);
  checkRollout(draft, report);
  checkRetirement(draft, report);
  checkConsumers(draft, report);
  return problems;
}

/** A version is archived before it goes, so there has to be a place for it. */
function checkArchive({ platform, archive, retirement }: Draft, report: Report): void {
  const brought = broughtBy(platformKinds, platform).archive ?? archive.kind;
  const kept = Object.entries(retirement).filter(([, notice]) =>
    ["archived", "retired"].includes(textOf(looseOf(notice).phase) ?? ""),
  );
  if (brought !== undefined || kept.length === 0 || !platformKinds.some(({ kind }) => kind === platform.kind)) return;
  report(
    ["archive"],
    "nothing",
    `where archives are kept, because platform ${platform.kind} has no place of its own: kind ${renderList(ofTheirOwn())}`,
    `Add archive before ${kept.map(([version]) => version).join(", ")} can be archived.`,
  );
}

/** Kinds of archive that no platform keeps by itself. */
const ofTheirOwn = (): readonly string[] =>
  archiveKinds
    .map(({ kind }) => kind)
    .filter((each) => !platformKinds.some(({ brings }) => brings.archive?.kind === each));

function checkVersions({ versions }: Draft, report: Report): void {
  for (const [version, value] of Object.entries(versions)) {
    checkKind(sourceKinds, looseOf(looseOf(value).source), inside(report, "versions", version, "source"));
    checkKind(runtimeKinds, looseOf(looseOf(value).serve), inside(report, "versions", version, "serve"));
    const { golden, floor, latency } = looseOf(looseOf(value).checks);
    const given = { floor: Object.keys(looseOf(floor)).length > 0, latency: Boolean(latency) };
    const measured = Object.entries(given).flatMap(([check, isGiven]) => (isGiven ? [check] : []));
    if (golden !== undefined || measured.length === 0) continue;
    report(
      ["versions", version, "checks", "golden"],
      "nothing",
      `a file of golden requests to measure ${measured.join(" and ")} on`,
      `Add golden: "models/${version}/golden.jsonl", or remove ${measured.join(" and ")}.`,
    );
  }
}

/** Reports under a path that begins further out. */
const inside =
  (report: Report, ...outer: readonly PathSegment[]): Report =>
  (path, seen, allowed, cure) =>
    report([...outer, ...path], seen, allowed, cure);
