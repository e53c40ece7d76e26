import { closest } from "./closest.ts";
import { type Draft, lastingVersions, listOf, looseOf, phaseOf, type Report, reportUnknown, textOf } from "./draft.ts";
import { type PathSegment, renderList, renderSeen } from "./problems.ts";
import { requestMetrics } from "./request-metrics.ts";
import { type Duration, type Percent, parseDuration, parsePercent } from "./units.ts";

/** Who serves, who is on trial, how it climbs and what watches it. */
export function checkRollout(draft: Draft, report: Report): void {
  checkServing(draft, report);
  checkCandidate(draft, report);
  checkSteps(draft, report);
  checkGuards(draft, report);
  checkDurations(draft, report);
}

function checkServing(draft: Draft, report: Report): void {
  const lasting = lastingVersions(draft);
  for (const role of ["stable", "candidate"] as const) {
    const version = textOf(draft.rollout[role]);
    if (version === undefined) continue;
    if (!(version in draft.versions)) {
      reportUnknown(draft, report, ["rollout", role], version, lasting);
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
  const overridden = textOf(looseOf(draft.rollout.override).stable);
  if (stable !== undefined && overridden !== undefined && overridden !== stable) {
    report(
      ["rollout", "override", "stable"],
      `${JSON.stringify(overridden)} beside stable ${JSON.stringify(stable)}`,
      "the version that stable names",
      "Remove override: it was for another version.",
    );
  }
  const previous = textOf(draft.rollout.previous);
  if (previous === undefined) return;
  const others = Object.keys(draft.versions).filter(
    (version) => version !== stable && phaseOf(draft, version) !== "retired",
  );
  if (!(previous in draft.versions)) {
    reportUnknown(draft, report, ["rollout", "previous"], previous, others);
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
    const looksLike = guard.source === undefined && source === "feedback" ? lookalike(metric) : undefined;
    if (looksLike !== undefined) {
      report(
        at("metric"),
        renderSeen(metric),
        `${renderList(knownMetrics)}, or a business metric that is named otherwise`,
        `Did you mean ${looksLike}? For a business metric of this name, which arrives as feedback, add: source: feedback`,
      );
    }
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

/** Metrics that need nobody to name them: the requests' own, and what labels turn into. */
const knownMetrics = [...requestMetrics, "accuracy"];

/** The known metric that a misspelt one most likely meant: other letters' cases, other separators, a few wrong letters, a unit behind it. */
function lookalike(metric: string): string | undefined {
  if (knownMetrics.includes(metric)) return undefined;
  const plain = metric.toLowerCase().replaceAll("_", "");
  const meant = Object.entries(aliases).find(([pattern]) => new RegExp(`^(?:${pattern})$`).test(plain));
  return meant?.[1] ?? closest(plain, knownMetrics);
}

const aliases: Readonly<Record<string, string>> = {
  "(?:http)?(?:5xx|errors?|failures?)(?:s|rate|ratio|share|count|pct|percent)?|failurerate|successrate|availability":
    "errorRate",
  "(?:http)?(?:4xx|refusals?|rejections?)(?:s|rate|ratio|share|count|pct|percent)?|badrequests?": "refusalRate",
  "(?:request|response)?(?:latency|latencies|duration|responsetime|time)(?:p?\\d+|ms|s|seconds|avg|mean|median)*|p\\d{2,3}(?:latency|ms)?":
    "latency",
};

function checkDurations({ rollout }: Draft, report: Report): void {
  const bake = msOf(rollout.bake ?? "1 minute");
  const longest = msOf(rollout.maxDuration ?? "1 day");
  if (bake !== undefined && longest !== undefined && longest < bake) {
    report(
      ["rollout", "maxDuration"],
      rollout.maxDuration === undefined ? 'nothing, which means "1 day"' : renderSeen(rollout.maxDuration),
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
