/** The whole life of a model version in two minutes on this machine: real engine, real processes, real requests. */
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findEngine } from "../../../stacks/engine/index.ts";
import { converge } from "../../stage/converge.ts";
import { type Customers, letCustomersIn, nobody, renderSeen } from "../../stage/customers.ts";
import { evidenceOf, isArchived, locate, lookAt, readFeedbackToken, statusOf } from "../../stage/data-plane.ts";
import { configurationFile, editRelease } from "../../stage/edit-release.ts";
import { onInterruption } from "../../stage/interruption.ts";
import { findLeftovers } from "../../stage/leftovers.ts";
import { Narrator } from "../../stage/narrator.ts";
import { type Step, watchRollout } from "../../stage/rollout.ts";
import { setStage } from "../../stage/stage.ts";
import { createTools, succeed } from "../../stage/tools.ts";
import { type CandidateName, candidates, trainCast } from "./cast.ts";
import { optionsOrEnd } from "./options.ts";
import {
  observedSplit,
  type Report,
  type Rollback,
  type RolloutRecord,
  renderTable,
  requestsOf,
  summarise,
} from "./report.ts";

const PREFACE = `You will see, in two to three minutes on this machine: v1 serves customers who ask all the time; v2 goes out as copies,
then 5 %, 25 %, 50 %, 95 % of real traffic, and is promoted; v3-crash and v3-skew are harmful and are taken out by their guards; v4
is taken back by hand; v1 is given notice, archived and switched off. The margins: 2 points more errors, 2 points more refusals,
tails twice as slow, 10 points of positive answers up or down (customers' feedback).`;

const options = optionsOrEnd();
const { seed } = options;

const narrator = new Narrator(options.report === undefined ? process.stdout : process.stderr);
const say = (text: string): void => narrator.say(text);

narrator.act("What this is");
narrator.quote(PREFACE);
narrator.act("The stage");
const engine = await findEngine({ progress: (line) => say(line) });
say(`engine: Pulumi ${engine.version}, ${engine.path}`);
const started = performance.now();
const stage = setStage({ project: "sentiment-api", endpoint: "sentiment" });
const cast = trainCast(path.join(stage.dir, "models"), seed);
say(`five versions trained; the project is ${stage.dir}`);
const served = await locate(stage);
let customers: Customers | undefined;
const tools = createTools(stage, engine, (what) =>
  narrator.now(`${what} · ${renderSeen(customers?.seen() ?? nobody)}`),
);

const guardrails = ["--policy-pack", path.join(stage.packageRoot, "dist/policies/pack")];

const steps: Step[] = [];
const rollbacks: Rollback[] = [];
const rollouts: RolloutRecord[] = [];
const promoted: string[] = [];
let reopenRefused = false;
let ending: Promise<void> | undefined;

onInterruption(interrupted);
try {
  await firstDeployment();
  for (const name of candidates) await tryVersion(name);
  await byHand();
  const archive = await retireFirstVersion();
  if (options.keep) await keep();
  else await finish(archive);
} catch (error) {
  if (ending === undefined) {
    narrator.act("The demo failed");
    narrator.quote(error instanceof Error ? error.message : String(error));
  }
  await takeDown(1);
}

async function firstDeployment(): Promise<void> {
  narrator.act("v1 serves");
  succeed(await tools.pulumi("stack", "init", stage.stack, "--non-interactive"));
  // The engine writes its encryption salt into the stack's file and leaves the release as it is.
  narrator.quote(succeed(await tools.mlc("pin", "--yes")).output);
  await converge(tools, narrator);
  const { url } = await lookAt(served);
  say(`try it: curl -s ${url}/predict -H 'content-type: application/json' -d '{"text":"not bad at all"}'`);
  customers = await letCustomersIn(import.meta.dirname, url, readFeedbackToken(stage));
  say("customers come in at 900 requests a second, and stay to the end");
}

/** One candidate from its start to its end, whatever it turns out to be. */
async function tryVersion(name: CandidateName): Promise<void> {
  narrator.act(`${name} goes out`);
  if (promoted.length > 0) editRelease(stage, (set) => set(["rollout", "steps"], ["5%", "25%", "50%", "100%"]));
  narrator.quote(succeed(await tools.mlc("start", name, "--yes", "--no-up")).output);
  if (rollouts.length === 0) await tryWithoutGuards(name);
  const changed = await converge(tools, narrator, ...guardrails);
  const watched = await watchRollout(served, narrator, changed);
  steps.push(...watched.steps);
  rollouts.push({
    version: name,
    behaviour: cast[name],
    outcome: watched.outcome,
    evidence: await evidenceOf(served),
    picture: await drawEvidence(name),
  });
  if (watched.outcome === "complete") {
    say(`${name} has proven itself: promotion is one edit`);
    narrator.quote(succeed(await tools.mlc("promote", "--yes", "--no-up")).output);
    await converge(tools, narrator);
    promoted.push(name);
    return;
  }
  const ended = watched.status.rollout.ended;
  rollbacks.push({
    version: name,
    cause: ended?.cause ?? "unknown",
    reason: ended?.reason ?? "",
    detectSeconds: ended?.detectSeconds ?? null,
    lastBadMs: ended?.lastBadMs ?? 0,
    commandMs: null,
  });
  say(`${name} is out: ${ended?.cause}; nobody had to be woken up`);
  if (!reopenRefused) await askAgain(name);
  narrator.quote(succeed(await tools.mlc("abort", "--no-up")).output);
  say("the next update takes it along: the data plane has let go of it already");
}

/** A rollout that nobody watches is stopped by the policy pack before anything is changed. */
async function tryWithoutGuards(name: CandidateName): Promise<void> {
  say("first without a guard, as somebody in a hurry would: the policy pack looks at the plan");
  const file = configurationFile(stage);
  const before = readFileSync(file, "utf8");
  editRelease(stage, (set) => set(["rollout", "guards"], []));
  const refused = await tools.pulumi("preview", "--non-interactive", "--stack", stage.stack, ...guardrails);
  const finding = refused.output.split("\n").filter((line) => /candidate-has-guard|rollout\.guards/.test(line));
  if (refused.code === 0 || finding.length === 0)
    throw new Error(`the policy pack let ${name} pass:\n${refused.output}`);
  narrator.quote(finding.join("\n"));
  writeFileSync(file, before);
}

/** The unchanged configuration converges; an edit that asks for the same rollout again does not. */
async function askAgain(name: CandidateName): Promise<void> {
  say("an edit asks for the same rollout again, with another weight");
  editRelease(stage, (set) => set(["rollout", "weight"], "50%"));
  const refused = await tools.update("up");
  const reason = refused.output.split("\n").find((line) => line.includes(`the rollout of ${name} was ended`));
  reopenRefused = refused.code !== 0 && reason !== undefined;
  narrator.quote(reason?.trim() ?? refused.output);
}

async function byHand(): Promise<void> {
  narrator.act("v4 by hand: a weight step, and the way back");
  editRelease(stage, (set) => set(["rollout", "advance"], "manual"));
  succeed(await tools.mlc("start", "v4", "--weight", "5%", "--yes", "--no-up"));
  const begun = await converge(tools, narrator);
  steps.push({ version: "v4", weight: 500, changed: begun, seconds: 0, verdict: "continue", evidence: [] });
  narrator.quote(succeed(await tools.mlc("advance", "--weight", "25%", "--yes", "--no-up")).output);
  const before = performance.now();
  const changed = await converge(tools, narrator);
  const seconds = (performance.now() - before) / 1000;
  steps.push({ version: "v4", weight: 2500, changed, seconds, verdict: "continue", evidence: [] });
  say(`the step changed ${changed.length} resource: ${changed.join(", ")}`);
  const back = succeed(await tools.mlc("rollback", "--json", "--reason", "answers look wrong"));
  const { traffic } = JSON.parse(back.stdout) as { readonly traffic: readonly { readonly ms: number }[] };
  const commandMs = traffic[0]?.ms ?? Number.NaN;
  const { rollout } = await statusOf(served);
  rollbacks.push({
    version: "v4",
    cause: "person",
    reason: "answers look wrong",
    detectSeconds: null,
    lastBadMs: rollout.ended?.lastBadMs ?? 0,
    commandMs,
  });
  say(`mlc rollback: ${commandMs.toFixed(0)} ms from the command to its effect, configuration and stack followed`);
}

async function retireFirstVersion(): Promise<Report["archive"]> {
  narrator.act("v1 is retired");
  const sunset = new Date(Date.now() + 5_000).toISOString().replace(/\.\d+Z$/, "Z");
  narrator.quote(succeed(await tools.mlc("deprecate", "v1", "--sunset", sunset, "--yes", "--no-up")).output);
  await converge(tools, narrator);
  const notice = await askVersion("v1");
  say(`v1 answers ${notice.status} with Sunset: ${notice.headers.get("sunset")}`);
  succeed(await tools.mlc("archive", "v1", "--yes", "--no-up"));
  await converge(tools, narrator);
  const uri = `archive/sentiment/v1`;
  const verified = await isArchived(served, "sentiment", "v1");
  say(`archived under ${uri}; hashes ${verified ? "verified" : "do NOT agree"}`);
  await sleep(Math.max(0, Date.parse(sunset) - Date.now()));
  narrator.quote(succeed(await tools.mlc("retire", "v1", "--yes", "--no-up")).output);
  await converge(tools, narrator);
  const gone = await askVersion("v1");
  say(`v1 answers ${gone.status}: ${(await gone.text()).trim()}`);
  if (gone.status !== 410) throw new Error(`a retired version answers ${gone.status}; allowed: 410`);
  return { verified, uri };
}

async function finish(archive: Report["archive"]): Promise<void> {
  narrator.act("Everything is taken down");
  const seen = (await customers?.stop()) ?? nobody;
  const { url, page } = await lookAt(served);
  const ports = [url, page].map((each) => Number(new URL(each).port));
  const destroyed = succeed(await tools.update("destroy"));
  say(`${destroyed.changed.length} resources deleted; the archive stays until its folder goes`);
  const leftovers = await findLeftovers(stage, ports);
  const report: Report = {
    engine: tools.engine,
    seed: seed ?? null,
    cast,
    requests: requestsOf(seen),
    split: observedSplit(rollouts),
    steps,
    rollbacks,
    reopenRefused,
    promoted,
    retired: ["v1"],
    archive,
    leftovers,
    seconds: (performance.now() - started) / 1000,
    rollouts,
  };
  stage.remove();
  narrator.act("Summary");
  narrator.quote(renderTable(report));
  if (options.report !== undefined) {
    writeFileSync(options.report, `${JSON.stringify(report, null, 1)}\n`);
    console.log(JSON.stringify(summarise(report)));
  }
}

/** The picture of what the last rollout was judged on, beside the report; undefined where nobody asked for one. */
async function drawEvidence(version: string): Promise<string | undefined> {
  if (options.report === undefined) return undefined;
  const { dir, name } = path.parse(path.resolve(options.report));
  const file = path.join(dir, `${name}.${version}.svg`);
  succeed(await tools.mlc("evidence", "--svg", file));
  return file;
}

async function keep(): Promise<void> {
  const { url, page } = await lookAt(served);
  narrator.act("It goes on");
  say(
    `project: ${stage.dir} (cd there; XDG_STATE_HOME=${stage.env.XDG_STATE_HOME} PULUMI_HOME=${stage.env.PULUMI_HOME} PULUMI_BACKEND_URL=${stage.env.PULUMI_BACKEND_URL} PULUMI_CONFIG_PASSPHRASE=demo)`,
  );
  say(
    `predictions: ${url}; live page: ${new URL(page).origin} (mlc watch --cwd ${stage.dir} prints it with its token)`,
  );
  say("ctrl-C ends the traffic; `pulumi destroy` in the project takes the rest down");
}

async function askVersion(version: string): Promise<Response> {
  const { url } = await lookAt(served);
  return fetch(`${url}/predict`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-model-version": version },
    body: JSON.stringify({ text: "a lovely film" }),
  });
}

function interrupted(told: NodeJS.Signals | undefined): void {
  if (!options.keep) void takeDown(130, told);
  else void customers?.stop().then(() => process.exit(0));
}

/** Ends everything, once. @param told what the tool that runs is asked to end with */
function takeDown(code: number, told?: NodeJS.Signals): Promise<void> {
  ending ??= end(code, told);
  return ending;
}

async function end(code: number, told: NodeJS.Signals | undefined): Promise<void> {
  await customers?.stop();
  await tools.takeDown(told);
  stage.remove();
  process.exit(code);
}
