/** The life of a model version in a cluster, chapter by chapter: real engine, real decisions, on whatever cluster is there. */
import { writeFileSync } from "node:fs";
import { findEngine } from "../../../stacks/engine/index.ts";
import {
  type ClusterCustomers,
  type ClusterSeen,
  type ClusterStage,
  findLeftObjects,
  type VersionBehaviour,
} from "../../stage/cluster/cluster-stage.ts";
import { setClusterStage } from "../../stage/cluster/project.ts";
import { findRealCluster, playInLane } from "../../stage/cluster/real-cluster.ts";
import { openSimulatedCluster } from "../../stage/cluster/simulated-cluster.ts";
import { ControllerWords, heardOf, until, watchInCluster } from "../../stage/cluster/watch.ts";
import { converge } from "../../stage/converge.ts";
import { evidenceOf, locate, type Served, statusOf } from "../../stage/data-plane.ts";
import { editRelease } from "../../stage/edit-release.ts";
import { onInterruption } from "../../stage/interruption.ts";
import { Narrator } from "../../stage/narrator.ts";
import type { Stage } from "../../stage/stage.ts";
import { createTools, succeed, type Tools } from "../../stage/tools.ts";
import { type Behaviour, type Cast, candidates, drawCast } from "./cast.ts";
import {
  type ClusterReport,
  type ClusterRollout,
  renderClusterTable,
  renderMet,
  requestsOf,
  summariseCluster,
} from "./kubernetes-report.ts";
import type { DemoOptions } from "./options.ts";

export const ENDPOINT = "sentiment";
const PER_SECOND = 250;

/** How versions of the demo answer: the crash fails on texts that are not ASCII, the skew calls more reviews positive. */
const behaviours: Readonly<Record<Behaviour, VersionBehaviour>> = {
  good: { positive: 0.5 },
  crash: { failing: 0.08, positive: 0.5 },
  skew: { positive: 0.75 },
};

/** Plays it on a real control plane where one can be had, else on the simulation, and ends this process. */
export async function playOnKubernetes(options: DemoOptions): Promise<never> {
  const why = options.on === "simulated-kubernetes" ? "as asked" : await findRealCluster();
  if (why === undefined) return playInLane(process.argv.slice(2));
  return play(await openSimulatedCluster(ENDPOINT, why), options);
}

/** Everything that the chapters share. */
interface Play {
  readonly cluster: ClusterStage;
  readonly narrator: Narrator;
  readonly stage: Stage;
  readonly served: Served;
  readonly tools: Tools;
  readonly words: ControllerWords;
  readonly cast: Cast;
  readonly customers: { now?: ClusterCustomers };
}

/** Plays all chapters on this cluster, takes everything down, and ends this process. */
export async function play(cluster: ClusterStage, options: DemoOptions): Promise<never> {
  const narrator = new Narrator(options.report === undefined ? process.stdout : process.stderr);
  narrator.say(`The cluster is ${cluster.what}.`);
  const started = performance.now();
  const engine = await findEngine({ progress: (line) => narrator.say(line) });
  narrator.say(`engine: Pulumi ${engine.version}, ${engine.path}`);
  const stage = setClusterStage("sentiment-api", ENDPOINT, cluster);
  const customers: Play["customers"] = {};
  const tools = createTools(stage, engine, (what) => narrator.now(`${what} · ${renderSeen(customers.now?.seen())}`));
  const served = await locate(stage);
  const cast = drawCast(options.seed);
  const on: Play = { cluster, narrator, stage, served, tools, cast, customers, words: new ControllerWords(narrator) };
  let ending: Promise<never> | undefined;
  const takeDown = (code: number, told?: NodeJS.Signals): Promise<never> => {
    ending ??= end(on, code, told);
    return ending;
  };
  onInterruption((told) => void takeDown(130, told));
  try {
    await serveFirst(on);
    const rollouts: ClusterRollout[] = [];
    for (const name of candidates) rollouts.push(await tryVersion(on, name, rollouts.length === 0));
    const byHand = await stepByHand(on);
    const notice = await giveNotice(on);
    const leftovers = await leave(on);
    const seen = seenNow(on);
    const report: ClusterReport = {
      ...{
        cluster: cluster.what,
        simulated: cluster.isSimulated,
        engine: tools.engine,
        seed: options.seed ?? null,
        cast,
      },
      requests: requestsOf(seen),
      ...{ rollouts: rollouts.map((each) => withAllWhoMet(each, seen)), byHand, notice, leftovers },
      promoted: rollouts.flatMap(({ version, outcome }) => (outcome === "complete" ? [version] : [])),
      seconds: (performance.now() - started) / 1000,
    };
    stage.remove();
    await cluster.stop();
    tell(report, options, narrator);
    return process.exit(0);
  } catch (error) {
    if (ending === undefined) {
      narrator.act("The demo failed");
      narrator.quote(error instanceof Error ? error.message : String(error));
    }
    return takeDown(1);
  }
}

const nobody: ClusterSeen = { sent: 0, lost: 0, byVersion: {} };

function renderSeen(seen: ClusterSeen = nobody): string {
  const { total, lost, failed } = requestsOf(seen);
  return `${total} requests, ${lost} lost, ${failed} with an error`;
}

async function serveFirst({ narrator, tools, stage, served, words, cluster, customers, cast }: Play): Promise<void> {
  narrator.act("v1 serves");
  succeed(await tools.pulumi("stack", "init", stage.stack, "--non-interactive"));
  for (const name of ["v1", "v4"]) cluster.behave(name, behaviours.good);
  for (const name of candidates) cluster.behave(name, behaviours[cast[name]]);
  await converge(tools, narrator);
  words.tell(await until(() => statusOf(served).catch(() => undefined), "the controller's first pass"));
  customers.now = cluster.letCustomersIn(PER_SECOND);
  narrator.say(`customers come in at ${PER_SECOND} requests a second, and stay to the end`);
}

/** One candidate from its edit to its end, whatever it turns out to be. */
async function tryVersion(on: Play, name: (typeof candidates)[number], isFirst: boolean): Promise<ClusterRollout> {
  const { narrator, tools, served, cluster, words, cast } = on;
  narrator.act(`${name} goes out`);
  if (!isFirst) editRelease(on.stage, (set) => set(["rollout", "steps"], ["5%", "25%", "50%", "100%"]));
  const from = cluster.divisions().length;
  narrator.quote(succeed(await tools.mlc("start", name, "--yes", "--no-up")).output);
  const changed = await converge(tools, narrator);
  const ended = await watchInCluster(served, cluster, { candidate: name, from, words, narrator });
  const { good, bad } = heardOf(seenNow(on).byVersion, name);
  const met = { good, bad, of: Math.round(ended.seconds * PER_SECOND) };
  const evidence = await evidenceOf(served);
  const { outcome, cause = null, reason = null, weights, seconds } = ended;
  if (outcome === "complete") {
    narrator.say(`${name} has proven itself, promotion is one edit; ${renderMet(met)}`);
    narrator.quote(succeed(await tools.mlc("promote", "--yes", "--no-up")).output);
    await converge(tools, narrator);
    await until(async () => (await alone(on, name)) || undefined, `${name} to serve alone`);
  } else {
    narrator.say(`${name} is out: ${cause}, ${reason}; ${renderMet(met)}`);
    narrator.quote(succeed(await tools.mlc("abort", "--yes", "--no-up")).output);
    narrator.say("the next update takes it along: the route has let go of it already");
  }
  return { version: name, behaviour: cast[name], outcome, cause, reason, weights, seconds, changed, met, evidence };
}

/** Of a version that was stopped, with the answers that were under way then. */
const withAllWhoMet = (rollout: ClusterRollout, { byVersion }: ClusterSeen): ClusterRollout =>
  rollout.outcome === "complete"
    ? rollout
    : { ...rollout, met: { ...rollout.met, ...heardOf(byVersion, rollout.version) } };

async function stepByHand(on: Play): Promise<ClusterReport["byHand"]> {
  const { narrator, tools, cluster } = on;
  const version = "v4";
  narrator.act(`${version} by hand: a weight step, and the way back`);
  editRelease(on.stage, (set) => set(["rollout", "advance"], "manual"));
  narrator.quote(succeed(await tools.mlc("start", version, "--weight", "5%", "--yes", "--no-up")).output);
  const from = cluster.divisions().length;
  await converge(tools, narrator);
  await until(async () => (await weightOf(on, version)) === 500 || undefined, `${version} to get 5 %`);
  narrator.quote(succeed(await tools.mlc("advance", "--weight", "25%", "--yes", "--no-up")).output);
  const changed = await converge(tools, narrator);
  await until(async () => (await weightOf(on, version)) === 2_500 || undefined, `${version} to get 25 %`);
  narrator.say(`the step changed ${changed.length} object: ${changed.join(", ")}`);
  const back = succeed(await tools.mlc("rollback", "--yes", "--json", "--no-up", "--reason", "answers look wrong"));
  const { traffic } = JSON.parse(back.stdout) as { readonly traffic: readonly { readonly ms: number }[] };
  const commandMs = traffic[0]?.ms ?? Number.NaN;
  narrator.say(`mlc rollback: ${commandMs.toFixed(0)} ms from the command to its effect on the route`);
  await until(async () => (await weightOf(on, version)) === 0 || undefined, `${version} to get nothing`);
  const weights = cluster
    .divisions()
    .slice(from)
    .map((each) => each.weights[version] ?? 0);
  return { version, weights: weights.filter((weight) => weight > 0), changed, commandMs };
}

async function giveNotice({ narrator, tools, cluster }: Play): Promise<ClusterReport["notice"]> {
  narrator.act("v1 is given notice");
  const sunset = new Date(Date.now() + 86_400_000).toISOString().replace(/\.\d+Z$/, "Z");
  narrator.quote(succeed(await tools.mlc("deprecate", "v1", "--sunset", sunset, "--yes", "--no-up")).output);
  await converge(tools, narrator);
  const said = await until(async () => (await cluster.answerOf("v1"))?.sunset, "the notice in an answer");
  narrator.say(`answers of v1 say Sunset: ${said}`);
  return { version: "v1", sunset: said };
}

async function leave({ narrator, tools, customers, cluster }: Play): Promise<readonly string[]> {
  narrator.act("Everything is taken down");
  await customers.now?.stop();
  const destroyed = succeed(await tools.update("destroy"));
  narrator.say(`${destroyed.changed.length} objects and components deleted`);
  return findLeftObjects(cluster);
}

async function weightOf({ served, words }: Play, version: string): Promise<number> {
  const status = await statusOf(served);
  words.tell(status);
  return status.weights[version] ?? 0;
}

const alone = async (on: Play, version: string): Promise<boolean> => (await weightOf(on, version)) === 10_000;

const seenNow = ({ customers }: Play): ClusterSeen => customers.now?.seen() ?? nobody;

function tell(report: ClusterReport, { report: file }: DemoOptions, narrator: Narrator): void {
  narrator.act("Summary");
  narrator.quote(renderClusterTable(report));
  if (file === undefined) return;
  writeFileSync(file, `${JSON.stringify(report, null, 1)}\n`);
  console.log(JSON.stringify(summariseCluster(report)));
}

async function end({ customers, tools, stage, cluster }: Play, code: number, told?: NodeJS.Signals): Promise<never> {
  await customers.now?.stop();
  await tools.takeDown(told);
  stage.remove();
  await cluster.stop();
  return process.exit(code);
}
