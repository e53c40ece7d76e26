import { setTimeout as sleep } from "node:timers/promises";
import { planTraffic } from "../../components/lifecycle/index.ts";
import { parseRelease, type TrafficPlan, type TrafficStatus } from "../../components/spec/index.ts";
import type { Change } from "./change.ts";
import type { Options } from "./command.ts";
import { exitCodes, Failure } from "./failure.ts";
import { type Answer, findGateways, type Gateway, knownGateways, readStatus } from "./gateways.ts";
import { renderShare, renderUntil } from "./render-time.ts";
import type { Terminal } from "./terminal.ts";

/**
 * Keeps a rollout that the data plane ended from being asked for again, before anything is written.
 * @throws Failure (3)
 */
export function refuseEndedRollout({ project, file, release }: Change): void {
  const plan = planTraffic(parseRelease(release));
  const isConfigured = planTraffic(parseRelease(file.release)).candidate !== undefined;
  if (plan.weight === 0 && !plan.shadow) return;
  for (const { ended } of knownGateways(project.stateFolder, { model: plan.model })) {
    const end = ended[plan.rollout.identity];
    if (end) throw endedBefore(plan, end, isConfigured);
  }
}

const POLL_MS = 1_000;

/**
 * Lets a promotion pass when the data plane says that the candidate reached its target on evidence; `--wait` waits for
 * it, `--force` goes on without.
 * @throws Failure (3) when the rollout was ended, (4) while it is not complete
 */
export async function refuseEarlyPromotion(
  terminal: Terminal,
  { project, file }: Change,
  options: Options,
): Promise<void> {
  const plan = planTraffic(parseRelease(file.release));
  for (;;) {
    const gateways = findGateways(project.stateFolder, { model: plan.model });
    if (gateways.length === 0) {
      terminal.warn("no gateway of this stack on this machine: nothing here shows how the candidate did");
      return;
    }
    const waits = await waitsOf(project.stateFolder, gateways, plan);
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

async function waitsOf(stateFolder: string, gateways: readonly Gateway[], plan: TrafficPlan): Promise<string[]> {
  for (const { ended } of gateways) {
    const end = ended[plan.rollout.identity];
    if (end) throw endedBefore(plan, end, true);
  }
  const answers = await Promise.all(gateways.map((gateway) => readStatus(stateFolder, gateway)));
  return answers.map((answer) => waitOf(answer, plan)).filter((wait) => wait !== undefined);
}

function waitOf(answer: Answer, plan: TrafficPlan): string | undefined {
  const { endpoint, status } = answer;
  if (status === undefined) return `gateway ${endpoint} cannot be asked (${answer.error})`;
  const { rollout, weights } = status;
  if (rollout.identity !== plan.rollout.identity) return `gateway ${endpoint} has not been given this rollout: run up`;
  if (rollout.phase === "complete") return undefined;
  const share = renderShare(weights[plan.candidate ?? ""] ?? 0);
  const next = rollout.next ? `; next: ${renderUntil(rollout.next)}` : "";
  return `${plan.candidate} is ${rollout.phase} at ${share}${next}`;
}

function endedBefore(
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
