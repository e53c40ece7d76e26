import { setTimeout as sleep } from "node:timers/promises";
import { controllerName } from "../../../components/platforms/kubernetes/route/names.ts";
import { answering, type RolloutFacts, runRollout, USUAL, until } from "../../cluster/lifecycle/rollouts.ts";
import { HOST, MODEL, openStage, type Stage } from "../../cluster/lifecycle/stage.ts";
import { NAMESPACE } from "../../cluster/test-bed/index.ts";
import type { Clients } from "../../cluster/traffic/clients.ts";
import { type Figure, figure } from "../figure.ts";

const PER_SECOND = 250;

/** Three rollouts of one endpoint, with its controller killed in each: one climbs and is promoted, one crashes, one is taken back. */
export async function lifecycleFigures(): Promise<readonly Figure[]> {
  const stage = await openStage();
  try {
    stage.pods.behave("v1", answering(USUAL));
    await stage.program.deploy(stage.document(["v1"], { stable: "v1" }));
    const begun = Date.now();
    const clients = stage.send(HOST, PER_SECOND, { hear: stage.ledger.hear });
    await until(async () => (clients.seen.get("v1")?.good ?? 0) > PER_SECOND, "the first answers");
    const runs = [await climbs(stage), await crashes(stage), await isTakenBack(stage)];
    const moved = await movedByOthers(stage);
    await clients.stop();
    return [...figuresOf(runs, clients, (Date.now() - begun) / 1000), moved];
  } finally {
    await stage[Symbol.asyncDispose]();
  }
}

/** Kills the controller on each of these steps, as its node's death would. */
async function killOn({ ledger, programs }: Stage, candidate: string, weights: readonly number[]): Promise<void> {
  for (const weight of weights) {
    await until(async () => ledger.weightOf(candidate) >= weight, `${candidate} to climb to ${weight}`);
    await programs.restart("controller");
  }
}

const climbs = async (stage: Stage): Promise<RolloutFacts> => {
  const facts = await runRollout(stage, { stable: "v1", candidate: "v2" }, () =>
    killOn(stage, "v2", [500, 2_500, 5_000]),
  );
  const promoted = await stage.program.mlc("promote", "--yes", "--no-up", "--stack", "dev");
  if (promoted.code !== 0) throw new Error(promoted.output);
  await stage.program.up();
  await until(async () => stage.ledger.weightOf("v2") === 10_000, "v2 to serve alone");
  return facts;
};

const next = (candidate: string) => ({ stable: "v2", candidate, beside: ["v1"], rollout: { previous: "v1" } }) as const;

const crashes = (stage: Stage): Promise<RolloutFacts> =>
  runRollout(stage, next("v3"), async () => {
    await killOn(stage, "v3", [2_500]);
    stage.pods.behave("v3", { refuses: true });
  });

const isTakenBack = (stage: Stage): Promise<RolloutFacts> =>
  runRollout(stage, next("v4"), async () => {
    await killOn(stage, "v4", [2_500]);
    const back = await stage.program.mlc("rollback", "--yes", "--no-up", "--stack", "dev", "--reason", "looks wrong");
    if (back.code !== 0) throw new Error(back.output);
  });

/** Runs of the engine, and a second controller, while a candidate has a quarter and is not to have more: none may move it. */
async function movedByOthers(stage: Stage): Promise<Figure> {
  const { ledger, program, document, pods } = stage;
  pods.behave("v5", answering(USUAL));
  const asked = { stable: "v2", candidate: "v5", previous: "v1", weight: "25%" } as const;
  const versions = ["v1", "v2", "v5"];
  const release = document(versions, asked);
  await program.deploy(release);
  await until(async () => ledger.weightOf("v5") === 2_500, "v5 to get its quarter");
  const edited = { ...release, model: { ...release.model, owner: "somebody-else" } };
  const runs = [[release], [release, "--refresh"], [edited, "--refresh"], [release]] as const;
  let moved = 0;
  const count = async (act: () => Promise<unknown>): Promise<void> => {
    const before = ledger.divisions.length;
    await act();
    moved += Number(ledger.divisions.length !== before);
  };
  for (const [each, ...args] of runs) await count(() => program.deploy(each, ...args));
  await count(() => besideAnother(stage));
  const detail =
    "with a quarter in force, by up, up --refresh, an unrelated edit with --refresh, and back; by a second controller for 10 s, and by both begun anew";
  return figure("foreign-weights-cluster", moved, "runs", { atMost: 0 }, detail);
}

/** A second controller of the same route for some rounds; both are killed in between and begin anew. */
async function besideAnother({ cluster, programs }: Stage): Promise<void> {
  const scale = async (replicas: number): Promise<void> => {
    const path = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${controllerName(MODEL)}`;
    const type = "application/merge-patch+json";
    const { status, body } = await cluster.api.send("PATCH", path, { spec: { replicas } }, type);
    if (status !== 200) throw new Error(`${path}: ${status} ${body.message}`);
    await until(async () => (await programs.serving("controller")) === replicas, `${replicas} controllers`);
  };
  await scale(2);
  await sleep(5_000);
  await programs.restart("controller");
  await sleep(5_000);
  await scale(1);
}

function figuresOf(runs: readonly RolloutFacts[], clients: Clients, seconds: number): readonly Figure[] {
  const lived = `${runs.map(({ candidate, phase, cause }) => `${candidate} ${cause || phase}`).join(", ")}; the controller killed on each step`;
  const sum = (of: (facts: RolloutFacts) => number): number => runs.reduce((total, each) => total + of(each), 0);
  const lost = sum((each) => each.lost) + clients.lost();
  const rate = Math.round(clients.sent() / seconds);
  return [
    figure(
      "stable-restarted",
      sum(({ stable }) => stable.restarted),
      "pods",
      { atMost: 0 },
      lived,
    ),
    figure(
      "capacity-below-live",
      sum(({ stable }) => stable.before - stable.least),
      "pods",
      { atMost: 0 },
      `fewest ready pods of stable below those at the beginning, by a watch; ${lived}`,
    ),
    figure(
      "candidate-over-weight",
      sum(({ above }) => above.reduce((total, { requests }) => total + requests, 0)),
      "requests",
      { atMost: 0 },
      `above the share of the route, 5 sigma; ${lived}`,
    ),
    figure("lost-requests", lost, "requests", { atMost: 0 }, `of ${clients.sent()} at ${rate}/s; ${lived}`),
  ];
}
