import { type PlanSettings, planRollout } from "../../../components/analysis/index.ts";
import { type Duration, parseDuration, parseRelease, type ResolvedRelease } from "../../../components/release/index.ts";
import { durationPattern } from "../../../components/release/units.ts";
import type { TrafficStatus } from "../../../components/traffic/index.ts";
import { usageFailure } from "../failure.ts";
import type { StackOptions } from "../options.ts";
import { findProject, type Project } from "../project.ts";
import { readStackFile } from "../stack-file.ts";
import type { Terminal } from "../terminal.ts";
import { type Measured, measureBaseline, measureRate, runningStatus } from "./measure-traffic.ts";
import type { PlanView } from "./render-plan.ts";
import { type PlannedGuard, plannedGuard, settingsOf } from "./request.ts";
import { documentOf, type PlanDocument } from "./wording.ts";

/** What is asked for on the command line. */
export interface PlanRequest extends StackOptions {
  readonly rps?: string;
  readonly baseline?: string;
  readonly burst?: string;
  readonly bake?: string;
  readonly guard?: string;
}

/** A plan for people, for `--json`, and for the configuration. */
export interface StackPlan {
  readonly view: PlanView;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly document: PlanDocument;
}

/** Plans a rollout of a stack. @throws Failure for what cannot be told or makes no sense */
export async function planOf(terminal: Terminal, request: PlanRequest): Promise<StackPlan> {
  const given = readFigures(request);
  const project = await findProject(request);
  const release = parseRelease(readStackFile(project).release);
  const planned = plannedGuard(release, request.guard);
  const { rate, baseline } = await figuresOf(terminal, { project, release, planned, given });
  const settings: PlanSettings = settingsOf(release, await project.dataPlane.capabilities(), planned, {
    ...{ unitsPerSecond: rate.value, baseline: baseline.value },
    ...(given.burst !== undefined && { burst: given.burst }),
    ...(given.bake !== undefined && { leastBake: given.bake }),
  });
  const plan = planRollout(settings);
  const { metric } = planned.guard;
  const document = documentOf(plan, settings);
  const from = [`a second: ${rate.from}`, `${metric}: ${baseline.from}`];
  const title = `${release.model.name} on ${project.stack}`;
  return {
    view: { title, metric, from, notes: notesOn(release, planned), settings, plan },
    facts: { stack: project.stack, guard: metric, others: planned.others, rate, baseline, settings, plan, document },
    document,
  };
}

function notesOn({ rollout }: ResolvedRelease, { guard, others }: PlannedGuard): readonly string[] {
  return [
    ...(rollout.steps[0]?.kind === "shadow"
      ? ["Copies come first, for the bake at least; that is not counted in."]
      : []),
    ...(others.length > 0
      ? [`${others.join(", ")} must be shown as well; the times are those of ${guard.metric}.`]
      : []),
    ...(rollout.advance === "manual"
      ? ["Nobody climbs by itself (advance: manual): each step is an mlc advance."]
      : []),
  ];
}

interface GivenFigures {
  readonly rps?: number;
  readonly baseline?: number;
  readonly burst?: number;
  readonly bake?: number;
}

/** @throws Failure (2) with every option that is no such figure */
function readFigures({ rps, baseline, burst, bake }: PlanRequest): GivenFigures {
  const problems: string[] = [];
  const read = (name: string, text: string | undefined, value: number, holds: boolean, allowed: string) => {
    if (text === undefined) return {};
    if (!holds) problems.push(`--${name}: saw "${text}"; allowed is ${allowed}.`);
    return { [name]: value };
  };
  const isAmount = (value: number): boolean => value > 0 && Number.isFinite(value);
  const share = /^\d+(\.\d+)?%$/.test(baseline ?? "") ? Number.parseFloat(baseline ?? "") / 100 : Number.NaN;
  const isDuration = durationPattern.test(bake ?? "");
  const figures: GivenFigures = {
    ...read("rps", rps, Number(rps), isAmount(Number(rps)), "a number above 0"),
    ...read("baseline", baseline, share, share >= 0 && share <= 1, 'a share in per cent, "0%" to "100%"'),
    ...read("burst", burst, Number(burst), isAmount(Number(burst)), "a number above 0"),
    ...read(
      "bake",
      bake,
      isDuration ? parseDuration(bake as Duration) / 1000 : 0,
      isDuration,
      'a duration such as "5 minutes"',
    ),
  };
  if (problems.length > 0) throw usageFailure(problems.join("\n"));
  return figures;
}

interface Sources {
  readonly project: Project;
  readonly release: ResolvedRelease;
  readonly planned: PlannedGuard;
  readonly given: GivenFigures;
}

const byHand = (value: number, option: string): Measured => ({ value, from: `given by ${option}` });

/** The figures that are given, else what is measured where the model is served. */
async function figuresOf(
  terminal: Terminal,
  { project, release, planned, given }: Sources,
): Promise<{ readonly rate: Measured; readonly baseline: Measured }> {
  const { guard } = planned;
  if (given.rps === undefined && guard.source === "feedback") {
    throw usageFailure(
      `How often ${guard.metric} comes cannot be asked for. Say how many values come in a second: --rps 5`,
    );
  }
  if (given.rps === undefined && release.rollout.stickyHeader !== undefined) {
    throw usageFailure(
      "With sticky a session counts, and not each request. Say how many sessions begin in a second: --rps 5",
    );
  }
  const look = (cure: string): Promise<TrafficStatus> => runningStatus(project.dataPlane, release.model.name, cure);
  const sayRate = "Say how many requests come in a second: --rps 100";
  const sayBaseline = `Say how often stable shows ${guard.metric}: --baseline 1%`;
  const rate =
    given.rps === undefined
      ? await terminal.during(
          "counting requests",
          measureRate(() => look(sayRate), sayRate),
        )
      : byHand(given.rps, "--rps");
  const baseline =
    given.baseline === undefined
      ? measureBaseline(await look(sayBaseline), guard, sayBaseline)
      : byHand(given.baseline, "--baseline");
  return { rate, baseline };
}
