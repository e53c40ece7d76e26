import { closest } from "./closest.ts";
import { type PathSegment, type Problem, renderList, renderPath, renderSeen } from "./problems.ts";
import { type Duration, type Percent, parseDuration, parsePercent } from "./units.ts";

/**
 * What the fields of a release ask of each other.
 * It reads unchecked data, so that one misspelt field does not hide what is wrong elsewhere: what is malformed is passed over here and reported by its structure.
 */
export function checkReferences(data: unknown, root: string): Problem[] {
  const problems: Problem[] = [];
  const report: Report = (path, seen, allowed, cure) =>
    problems.push({ path: renderPath(root, path), seen, allowed, cure });
  const draft = readDraft(data);
  checkServing(draft, report);
  checkCandidate(draft, report);
  checkSteps(draft, report);
  checkGuards(draft, report);
  checkDurations(draft, report);
  checkVersions(draft, report);
  checkPorts(draft, report);
  checkRetirement(draft, report);
  checkConsumers(draft, report);
  return problems;
}

type Report = (path: readonly PathSegment[], seen: string, allowed: string, cure: string) => void;
type Loose = Readonly<Record<string, unknown>>;

/** A release of which nothing is known but that its sections, where they are sections, can be looked into. */
interface Draft {
  readonly platform: Loose;
  readonly versions: Loose;
  readonly rollout: Loose;
  readonly retirement: Loose;
  readonly consumers: readonly unknown[];
}

function readDraft(data: unknown): Draft {
  const release = looseOf(data);
  return {
    platform: looseOf(release.platform),
    versions: looseOf(release.versions),
    rollout: looseOf(release.rollout),
    retirement: looseOf(release.retirement),
    consumers: listOf(release.consumers),
  };
}

function looseOf(value: unknown): Loose {
  // Without a prototype, a version called "constructor" is as unknown as any other.
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? Object.assign(Object.create(null) as Record<string, unknown>, value)
    : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function phaseOf(draft: Draft, version: string): string | undefined {
  return textOf(looseOf(draft.retirement[version]).phase);
}

/** The versions that can take traffic for as long as anybody wants: deployed, and not on their way out. */
function lastingVersions(draft: Draft): string[] {
  return Object.keys(draft.versions).filter((version) => !(version in draft.retirement));
}

function unknownVersion(report: Report, path: readonly PathSegment[], version: string, known: readonly string[]): void {
  const meant = closest(version, known);
  report(
    path,
    `${JSON.stringify(version)}, which is not in versions`,
    known.length > 0 ? `one of ${renderList(known)}` : "a version that stands in versions",
    meant ? `Did you mean ${meant}?` : `Name one of these, or add ${version} to versions.`,
  );
}

function checkServing(draft: Draft, report: Report): void {
  const lasting = lastingVersions(draft);
  for (const role of ["stable", "candidate"] as const) {
    const version = textOf(draft.rollout[role]);
    if (version === undefined) continue;
    if (!(version in draft.versions)) {
      unknownVersion(report, ["rollout", role], version, lasting);
    } else if (version in draft.retirement) {
      const cure =
        role === "stable"
          ? `Name a version that stays, or take ${version} back: mlc reinstate ${version}`
          : `Name another candidate, or take it back first: mlc reinstate ${version}`;
      report(
        ["rollout", role],
        `${JSON.stringify(version)}, which is ${phaseOf(draft, version) ?? "in retirement"}`,
        `a version that is not in retirement: ${renderList(lasting)}`,
        cure,
      );
    }
  }
  const stable = textOf(draft.rollout.stable);
  const previous = textOf(draft.rollout.previous);
  if (previous === undefined) return;
  const others = Object.keys(draft.versions).filter(
    (version) => version !== stable && phaseOf(draft, version) !== "retired",
  );
  if (!(previous in draft.versions)) {
    unknownVersion(report, ["rollout", "previous"], previous, others);
  } else if (previous === stable) {
    report(
      ["rollout", "previous"],
      `${JSON.stringify(previous)}, which is stable`,
      "another version than stable",
      "Remove previous.",
    );
  } else if (phaseOf(draft, previous) === "retired") {
    report(
      ["rollout", "previous"],
      `${JSON.stringify(previous)}, which is retired`,
      "a version that is still deployed",
      `Remove previous, or take it back: mlc reinstate ${previous}`,
    );
  }
}

function checkCandidate({ rollout }: Draft, report: Report): void {
  const candidate = textOf(rollout.candidate);
  if (candidate !== undefined && candidate === textOf(rollout.stable)) {
    report(
      ["rollout", "candidate"],
      `${JSON.stringify(candidate)}, which is stable`,
      "another version than stable",
      "Remove candidate, weight and attempt, or name the version to try.",
    );
  }
  if (candidate !== undefined && rollout.weight === undefined) {
    report(
      ["rollout", "weight"],
      "nothing",
      'beside a candidate, its target share: "0%" to "100%", or "shadow"',
      'Add weight: "100%"',
    );
  }
  for (const key of ["weight", "attempt"] as const) {
    if (rollout.candidate === undefined && rollout[key] !== undefined) {
      report(
        ["rollout", key],
        renderSeen(rollout[key]),
        "nothing while no candidate is named",
        `Remove ${key}, or name the candidate.`,
      );
    }
  }
}

function checkSteps({ rollout }: Draft, report: Report): void {
  const steps = listOf(rollout.steps);
  let last: { readonly text: string; readonly weight: number } | undefined;
  for (const [index, step] of steps.entries()) {
    if (step === "shadow" && index > 0) {
      report(
        ["rollout", "steps", index],
        '"shadow"',
        "shadow as the first step only",
        "Move shadow to the front, or remove it.",
      );
    }
    const weight = typeof step === "string" && step.endsWith("%") ? parsePercent(step as Percent) : undefined;
    if (typeof step !== "string" || weight === undefined || Number.isNaN(weight)) continue;
    if (last && weight <= last.weight) {
      report(
        ["rollout", "steps", index],
        `"${step}" after "${last.text}"`,
        "each share higher than the one before",
        "Put the steps in increasing order, each once.",
      );
    }
    last = { text: step, weight };
  }
}

const requestMetrics = ["errorRate", "latency"];

function checkGuards({ rollout }: Draft, report: Report): void {
  const guards = listOf(rollout.guards).map(looseOf);
  const metrics = guards.map((guard) => textOf(guard.metric));
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
    const source = requestMetrics.includes(metric) ? "requests" : "feedback";
    if ((guard.source === "requests" || guard.source === "feedback") && guard.source !== source) {
      const meant = source === "feedback" ? closest(metric, requestMetrics) : undefined;
      report(
        at("source"),
        renderSeen(guard.source),
        `${source} for ${metric}`,
        meant ? `Did you mean the metric ${meant}? Else remove source.` : "Remove source.",
      );
    }
    if (source === "requests" && (guard.direction === "decrease" || guard.direction === "either")) {
      report(at("direction"), renderSeen(guard.direction), `increase for ${metric}`, "Remove direction.");
    }
    if (metric === "latency" && textOf(guard.margin)?.endsWith("pp")) {
      report(
        at("margin"),
        renderSeen(guard.margin),
        'a ratio to stable for latency, such as "20%"',
        'Write, for example: margin: "20%"',
      );
    }
  }
}

function checkDurations({ rollout }: Draft, report: Report): void {
  const bake = msOf(rollout.bake ?? "1 minute");
  const longest = msOf(rollout.maxDuration ?? "1 day");
  if (bake !== undefined && longest !== undefined && longest < bake) {
    report(
      ["rollout", "maxDuration"],
      renderSeen(rollout.maxDuration ?? "1 day"),
      `at least as long as bake, ${renderSeen(rollout.bake ?? "1 minute")}`,
      "Lengthen maxDuration or shorten bake.",
    );
  }
}

function msOf(value: unknown): number | undefined {
  try {
    return typeof value === "string" ? parseDuration(value as Duration) : undefined;
  } catch {
    return undefined;
  }
}

function checkVersions({ versions }: Draft, report: Report): void {
  for (const [version, value] of Object.entries(versions)) {
    const checks = looseOf(looseOf(value).checks);
    if (checks.golden !== undefined) continue;
    for (const key of ["floor", "latency"] as const) {
      if (
        checks[key] === undefined ||
        (Object.keys(looseOf(checks[key])).length === 0 && typeof checks[key] === "object")
      )
        continue;
      report(
        ["versions", version, "checks", "golden"],
        "nothing",
        `a file of golden requests, which ${key} is measured on`,
        `Add golden: models/${version}/golden.jsonl, or remove ${key}.`,
      );
    }
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

function checkRetirement(draft: Draft, report: Report): void {
  const lasting = lastingVersions(draft);
  for (const [version, value] of Object.entries(draft.retirement)) {
    const entry = looseOf(value);
    const phase = textOf(entry.phase);
    // A retired version may have left versions: its notice still answers callers with 410 and the successor.
    if (!(version in draft.versions) && (phase === "deprecated" || phase === "archived")) {
      const meant = closest(version, Object.keys(draft.versions));
      report(
        ["retirement", version],
        `${JSON.stringify(version)}, which is not in versions`,
        `a ${phase} version still answers, so it stands in versions: ${renderList(Object.keys(draft.versions))}`,
        meant ? `Did you mean ${meant}?` : `Add ${version} to versions, or remove it here.`,
      );
    }
    const successor = textOf(entry.successor);
    if (successor === undefined) continue;
    const path = ["retirement", version, "successor"];
    if (successor === version) {
      report(
        path,
        `${JSON.stringify(successor)}, the version itself`,
        `a version that stays: ${renderList(lasting)}`,
        "Name the version to use instead.",
      );
    } else if (!(successor in draft.versions)) {
      unknownVersion(report, path, successor, lasting);
    } else if (successor in draft.retirement) {
      report(
        path,
        `${JSON.stringify(successor)}, which is ${phaseOf(draft, successor) ?? "in retirement"} itself`,
        `a version that stays: ${renderList(lasting)}`,
        "Name the version that callers end up with.",
      );
    }
  }
}

function checkConsumers(draft: Draft, report: Report): void {
  const consumers = draft.consumers.map(looseOf);
  const names = consumers.map((consumer) => textOf(consumer.name));
  for (const [index, consumer] of consumers.entries()) {
    const name = names[index];
    if (name !== undefined && names.indexOf(name) < index) {
      report(
        ["consumers", index, "name"],
        `${JSON.stringify(name)} a second time`,
        "each consumer once",
        "Put its versions into one entry.",
      );
    }
    const versions = listOf(consumer.versions);
    for (const [position, version] of versions.entries()) {
      if (typeof version !== "string") continue;
      const path = ["consumers", index, "versions", position];
      if (versions.indexOf(version) < position) {
        report(path, `${JSON.stringify(version)} a second time`, "each version once", "Remove one of the two.");
      } else if (phaseOf(draft, version) === "retired") {
        report(
          path,
          `${JSON.stringify(version)}, which is retired`,
          "versions that are still deployed",
          `Move ${name ?? "the consumer"} to another version, or take it back: mlc reinstate ${version}`,
        );
      } else if (!(version in draft.versions)) {
        unknownVersion(report, path, version, Object.keys(draft.versions));
      }
    }
  }
}
