import { setTimeout as sleep } from "node:timers/promises";
import { planTraffic } from "../../components/lifecycle/index.ts";
import type { Answer, DataPlane, Endpoint } from "../../components/platforms/data-plane.ts";
import { parseRelease } from "../../components/release/index.ts";
import { renderPercent } from "../../components/release/units.ts";
import type { TrafficPlan, TrafficStatus } from "../../components/traffic/index.ts";
import type { Change } from "./change.ts";
import { exitCodes, Failure } from "./failure.ts";
import { renderUntil } from "./render-time.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Keeps what the data plane would refuse from being asked for, before anything is written: by the gateway's own rules, on
 * its own files. A file that cannot be read is an error, and never taken for "no rollout was ended".
 * @throws Failure (3); HostError when the files cannot be read.
 */
export async function refuseEndedRollout({ project: { dataPlane }, file, release }: Change): Promise<void> {
  const plan = planTraffic(parseRelease(release));
  const isConfigured = planTraffic(parseRelease(file.release)).candidate !== undefined;
  if (plan.weight === 0 && !plan.shadow) return;
  for (const { endpoint } of await dataPlane.known({ model: plan.model })) {
    await refuseEnded(dataPlane, endpoint, plan, isConfigured);
    const refusal = await dataPlane.refusalOf(endpoint, plan);
    if (refusal) throw new Failure(exitCodes.aborted, `Gateway ${endpoint} would refuse this: ${refusal.error}`);
  }
}

async function refuseEnded(
  dataPlane: DataPlane,
  endpoint: string,
  plan: TrafficPlan,
  isConfigured: boolean,
): Promise<void> {
  const end = await dataPlane.endedBefore(endpoint, plan);
  if (end) throw endedFailure(plan, end, isConfigured);
}

const POLL_MS = 1_000;

/** What a person may say to a promotion. */
export interface Patience {
  /** Wait until the rollout is complete. @default false */
  readonly wait?: boolean;
  /** Go on although it is not. @default false */
  readonly force?: boolean;
}

/**
 * Lets a promotion pass when the data plane says that the candidate reached its target on evidence; `--wait` waits for
 * it, `--force` goes on without.
 * @throws Failure (3) when the rollout was ended, (4) while it is not complete
 */
export async function refuseEarlyPromotion(
  terminal: Terminal,
  { project, file }: Pick<Change, "project" | "file">,
  options: Patience,
): Promise<void> {
  const plan = planTraffic(parseRelease(file.release));
  for (;;) {
    const endpoints = await project.dataPlane.endpoints({ model: plan.model });
    if (endpoints.length === 0) {
      terminal.warn("no gateway of this stack on this machine: nothing here shows how the candidate did");
      return;
    }
    const waits = await waitsOf(project.dataPlane, endpoints, plan);
    if (waits.length === 0) return;
    if (options.force) {
      for (const wait of waits) terminal.warn(`promoting although ${wait}`);
      return;
    }
    if (!options.wait) {
      throw new Failure(
        exitCodes.waiting,
        `Not yet: ${waits.join("; ")}.\nAdd --wait to promote when the rollout is complete, or --force --reason WHY to promote now.`,
      );
    }
    await terminal.during(`waiting: ${waits[0]}`, sleep(POLL_MS));
  }
}

async function waitsOf(dataPlane: DataPlane, endpoints: readonly Endpoint[], plan: TrafficPlan): Promise<string[]> {
  for (const { endpoint } of endpoints) await refuseEnded(dataPlane, endpoint, plan, true);
  const answers = await Promise.all(endpoints.map(({ endpoint }) => dataPlane.status(endpoint)));
  return answers.map((answer) => waitOf(answer, plan)).filter((wait) => wait !== undefined);
}

function waitOf(answer: Answer, plan: TrafficPlan): string | undefined {
  const { endpoint, status } = answer;
  if (status === undefined) return `gateway ${endpoint} cannot be asked (${answer.error})`;
  const { rollout, weights } = status;
  if (rollout.identity !== plan.rollout.identity) return `gateway ${endpoint} has not been given this rollout: run up`;
  if (rollout.phase === "complete") return undefined;
  const share = renderPercent(weights[plan.candidate ?? ""] ?? 0);
  const next = rollout.next ? `; next: ${renderUntil(rollout.next)}` : "";
  return `${plan.candidate} is ${rollout.phase} at ${share}${next}`;
}

function endedFailure(
  { candidate, stable, rollout }: TrafficPlan,
  ended: NonNullable<TrafficStatus["rollout"]["ended"]>,
  isConfigured: boolean,
): Failure {
  const attempt = Number(rollout.attempt) + 1;
  return new Failure(
    exitCodes.aborted,
    [
      `The rollout of ${candidate} beside ${stable} was ended at ${ended.at} (${ended.cause}): ${ended.reason}`,
      `The same content is not tried again by itself. Pin a mended version or start another candidate. When the cause lay elsewhere, open the next attempt: ${isConfigured ? "mlc abort, then " : ""}mlc start ${candidate} --attempt ${attempt}`,
    ].join("\n"),
    { facts: { ended } },
  );
}
