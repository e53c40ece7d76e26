import type { RolloutFacts } from "../../../components/evidence/index.ts";
import { planTraffic } from "../../../components/lifecycle/index.ts";
import type { Arms } from "../../../components/metric-sources/index.ts";
import type { Problem } from "../../../components/release/index.ts";
import { platformKinds } from "../../../components/release/kinds.ts";
import { examineRelease } from "../../../components/release/release.ts";
import { pathSource } from "../../../components/sources/path/document.ts";
import type { RolloutPlan, TrafficPlan } from "../../../components/traffic/plan.ts";
import { problemsFailure, usageFailure } from "../failure.ts";
import { findProject } from "../project.ts";
import { readStackFile } from "../stack-file.ts";
import type { JudgeOptions } from "./options.ts";

/** Who is judged, on what terms. */
export interface Trial {
  readonly plan: RolloutPlan;
  /** As the source names them. */
  readonly arms: Arms;
  readonly facts: RolloutFacts;
  /** Absent where no release says so. */
  readonly model?: string;
}

/** The rollout of the stack's release, or one that the command line describes. @throws Failure (2) with everything that is wrong */
export async function readTrial(options: JudgeOptions): Promise<Trial> {
  const { guard = [], skip = [], stable, candidate } = options;
  const plan = guard.length > 0 ? describedPlan(guard) : await configuredPlan(options);
  const fromRelease = guard.length === 0;
  const arms = {
    stable: stable ?? (fromRelease ? plan.stable : undefined),
    candidate: candidate ?? (fromRelease ? plan.candidate : undefined),
  };
  if (arms.stable === undefined || arms.candidate === undefined) {
    throw usageFailure(
      fromRelease
        ? "The release has no candidate. Put one on trial (mlc start VERSION), or name it: --candidate VERSION."
        : "With --guard no release is read. Name both versions: --stable VERSION --candidate VERSION.",
    );
  }
  const { identity, attempt } = plan.rollout;
  const facts = fromRelease ? { identity, attempt, model: plan.model, contents: contentsOf(plan) } : { identity: "" };
  return {
    plan: { ...plan.rollout, guards: withoutSkipped(plan.rollout.guards, skip) },
    arms: { stable: arms.stable, candidate: arms.candidate },
    facts: { ...facts, stable: arms.stable, candidate: arms.candidate },
    ...(fromRelease && { model: plan.model }),
  };
}

const contentsOf = ({ versions }: TrafficPlan): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(versions).map(([name, { content }]) => [name, content]));

async function configuredPlan(options: JudgeOptions): Promise<TrafficPlan> {
  const { release } = readStackFile(await findProject(options));
  const examined = examineRelease(release);
  if (examined.problems !== undefined) throw problemsFailure(examined.problems);
  return planTraffic(examined.release);
}

/** A release around guards alone, so that they are read and checked as those of any release. */
function describedPlan(written: readonly string[]): TrafficPlan {
  const guards = written.map((text) => {
    const [metric = "", ...margin] = text.split("=");
    return { metric, margin: margin.join("=") };
  });
  const source = (content: string) => ({
    ...{ kind: pathSource.kind, path: "model", [pathSource.pinField]: content.repeat(64) },
  });
  const [platform] = platformKinds;
  const examined = examineRelease(
    {
      model: { name: "model", owner: "owner", riskTier: "low" },
      platform: { kind: platform?.kind },
      versions: { stable: { source: source("0") }, candidate: { source: source("1") } },
      rollout: { stable: "stable", candidate: "candidate", weight: "50%", guards },
    },
    { path: ROOT },
  );
  if (examined.problems !== undefined) {
    throw problemsFailure(
      examined.problems.map((problem) => atOption(problem, written)),
      "The command line",
    );
  }
  return planTraffic(examined.release);
}

const ROOT = "release";

function atOption(problem: Problem, written: readonly string[]): Problem {
  const [, index] = /^release\.rollout\.guards\[(\d+)\]/.exec(problem.path) ?? [];
  return { ...problem, path: `--guard ${written[Number(index)] ?? ""}`.trim() };
}

function withoutSkipped(guards: RolloutPlan["guards"], skip: readonly string[]): RolloutPlan["guards"] {
  const metrics = guards.map(({ metric }) => metric);
  const unknown = skip.find((metric) => !metrics.includes(metric));
  if (unknown !== undefined) {
    throw usageFailure(
      `--skip: seen "${unknown}", allowed are the guards of the rollout: ${metrics.join(", ") || "none"}.`,
    );
  }
  const kept = guards.filter(({ metric }) => !skip.includes(metric));
  if (kept.length > 0) return kept;
  throw usageFailure("There is no guard to judge by. Add one to rollout.guards, or name it: --guard errorRate=0.5pp.");
}
