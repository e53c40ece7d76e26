/** A candidate that is better offline and wrong in production, stopped on live traffic; then the repaired one, promoted. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { findEngine } from "../../../stacks/engine/index.ts";
import { converge } from "../../stage/converge.ts";
import { type Customers, letCustomersIn, nobody, renderSeen } from "../../stage/customers.ts";
import { locate, lookAt, readFeedbackToken } from "../../stage/data-plane.ts";
import { onInterruption } from "../../stage/interruption.ts";
import { findLeftovers } from "../../stage/leftovers.ts";
import { Narrator } from "../../stage/narrator.ts";
import { watchRollout } from "../../stage/rollout.ts";
import { setStage } from "../../stage/stage.ts";
import { createTools, succeed } from "../../stage/tools.ts";
import { trainCredit } from "../training/train.ts";
import { type Report, type RolloutReport, renderOffline, renderSummary } from "./report.ts";

const PREFACE = `You will see, in two to three minutes on this machine: v1 decides on loans, 600 applications a second; v2 has the higher AUC and
passes every check before it is deployed; it never fails and is as quick as v1, and is stopped by the guard on the share of approved
loans, which fell: v2 was trained on incomes of a year, and applications say those of a month. The evidence is written, drawn and
judged again. v3 is v2 trained on what applications say: it climbs and is promoted.`;

const options = readOptions();
const out = path.resolve(options.out);
const narrator = new Narrator(process.stdout);
const say = (text: string): void => narrator.say(text);

narrator.act("What this is");
narrator.quote(PREFACE);
narrator.act("The stage");
const engine = await findEngine({ progress: say });
say(`engine: Pulumi ${engine.version}, ${engine.path}`);
const started = performance.now();
const stage = setStage({ project: "credit-scoring-canary", endpoint: "credit" });
say(`the project is ${stage.dir}; three versions are trained`);
const offline = trainCredit(path.join(stage.dir, "models"), { seed: 7 });
say("what was known of them offline: AUC and approved loans among 8,000 applicants of the past");
narrator.quote(renderOffline(offline));
const served = await locate(stage);
let customers: Customers | undefined;
const tools = createTools(stage, engine, (what) =>
  narrator.now(`${what} · ${renderSeen(customers?.seen() ?? nobody)}`),
);

let ending: Promise<void> | undefined;
onInterruption((told) => void takeDown(130, told));
try {
  await deployFirst();
  const rollouts: RolloutReport[] = [];
  for (const version of ["v2", "v3"]) rollouts.push(await tryVersion(version));
  await finish(rollouts);
} catch (error) {
  if (ending === undefined) {
    narrator.act("The example failed");
    narrator.quote(error instanceof Error ? error.message : String(error));
  }
  await takeDown(1);
}

function readOptions(): { readonly out: string; readonly report?: string } {
  try {
    const { out = "credit-evidence", report } = parseArgs({
      options: { out: { type: "string" }, report: { type: "string" } },
    }).values;
    return { out, ...(report !== undefined && { report }) };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}; allowed: --out FOLDER, --report FILE`);
    return process.exit(2);
  }
}

async function deployFirst(): Promise<void> {
  narrator.act("v1 serves");
  succeed(await tools.pulumi("stack", "init", stage.stack, "--non-interactive"));
  narrator.quote(succeed(await tools.mlc("pin", "--yes")).output);
  await converge(tools, narrator);
  const { url } = await lookAt(served);
  customers = await letCustomersIn(import.meta.dirname, url, readFeedbackToken(stage));
  say(`applicants come in at ${url}, and stay to the end; the loan desk tells who got a loan`);
}

/** One candidate from its start to its end, whatever it turns out to be. */
async function tryVersion(version: string): Promise<RolloutReport> {
  narrator.act(`${version} goes out`);
  narrator.quote(succeed(await tools.mlc("start", version, "--yes", "--no-up")).output);
  const changed = await converge(tools, narrator);
  const { outcome, status } = await watchRollout(served, narrator, changed);
  const evidence = await keepEvidence(version);
  const { ended } = status.rollout;
  if (outcome === "complete") {
    say(`${version} has proven itself: promotion is one edit`);
    narrator.quote(succeed(await tools.mlc("promote", "--yes", "--no-up")).output);
    await converge(tools, narrator);
  } else {
    say(`${version} is out: ${ended?.cause}; what asked for it leaves the configuration with the next update`);
    narrator.quote(succeed(await tools.mlc("abort", "--no-up")).output);
  }
  return {
    version,
    phase: outcome,
    cause: ended?.cause ?? null,
    reason: ended?.reason ?? null,
    detectSeconds: ended?.detectSeconds ?? null,
    ...evidence,
  };
}

/** What it was judged on, as a document and a picture; and judged again, as anybody can who has the document. */
async function keepEvidence(version: string): Promise<Pick<RolloutReport, "document" | "picture" | "verified">> {
  mkdirSync(out, { recursive: true });
  const [document, picture] = [path.join(out, `${version}.json`), path.join(out, `${version}.svg`)];
  say(`mlc evidence --out ${document} --svg ${picture}`);
  succeed(await tools.mlc("evidence", "--out", document, "--svg", picture));
  say(`mlc evidence verify ${document}`);
  const lines = succeed(await tools.mlc("evidence", "verify", document))
    .output.trimEnd()
    .split("\n");
  const verified = lines.at(-1) ?? "";
  // Hash and verdict stand first; what follows is every figure that the verdict rests on.
  narrator.quote([...lines.slice(0, 2), "…", verified].join("\n"));
  return { document, picture, verified };
}

async function finish(rollouts: readonly RolloutReport[]): Promise<void> {
  narrator.act("Everything is taken down");
  const { sent, refused, lost, feedback } = (await customers?.stop()) ?? nobody;
  const { url, page } = await lookAt(served);
  succeed(await tools.update("destroy"));
  const report: Report = {
    offline: offline.map(({ name, metrics }) => ({ name, metrics })),
    rollouts,
    promoted: rollouts.filter(({ phase }) => phase === "complete").map(({ version }) => version),
    requests: { sent, refused, lost, feedback },
    leftovers: await findLeftovers(
      stage,
      [url, page].map((each) => Number(new URL(each).port)),
    ),
    seconds: (performance.now() - started) / 1000,
  };
  stage.remove();
  if (options.report !== undefined) writeFileSync(options.report, `${JSON.stringify(report, null, 1)}\n`);
  narrator.act("Summary");
  narrator.quote(renderSummary(report));
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
