import { type Draft, looseOf, type Report, readDraft } from "./draft.ts";
import { type Problem, renderPath, renderSeen } from "./problems.ts";
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
  checkPorts(draft, report);
  checkVersions(draft, report);
  checkRollout(draft, report);
  checkRetirement(draft, report);
  checkConsumers(draft, report);
  return problems;
}

function checkVersions({ versions }: Draft, report: Report): void {
  for (const [version, value] of Object.entries(versions)) {
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

function checkPorts({ platform }: Draft, report: Report): void {
  if (platform.port !== undefined && platform.port === platform.adminPort) {
    report(
      ["platform", "adminPort"],
      `${renderSeen(platform.adminPort)}, which is port as well`,
      "another port than port",
      "Choose another adminPort, or remove it.",
    );
  }
}
