import { type Draft, lastingVersions, listOf, looseOf, phaseOf, type Report, reportUnknown, textOf } from "./draft.ts";
import { checkGuards } from "./guard-checks.ts";
import { renderList, renderSeen } from "./problems.ts";
import { rolloutTimes } from "./rollout-times.ts";
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

function checkDurations({ rollout }: Draft, report: Report): void {
  const bake = msOf(rollout.bake ?? rolloutTimes.bake);
  const longest = msOf(rollout.maxDuration ?? rolloutTimes.maxDuration);
  if (bake !== undefined && longest !== undefined && longest < bake) {
    report(
      ["rollout", "maxDuration"],
      rollout.maxDuration === undefined
        ? `nothing, which means "${rolloutTimes.maxDuration}"`
        : renderSeen(rollout.maxDuration),
      `at least as long as bake, ${renderSeen(rollout.bake ?? rolloutTimes.bake)}`,
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
