import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { treesManifest, treesWeights, writeModel } from "../../models/models.ts";
import { fail, succeed } from "../../platforms/local/gateway/fake-server.ts";
import { Bench } from "../../platforms/local/gateway/harness.ts";
import { canaryPlan } from "../../support/plans.ts";
import { repository } from "../../support/project.ts";
import { type Figure, figure, median } from "../figure.ts";
import { type Clients, ownInput, startClients } from "./clients.ts";
import { HARMS, type Harm } from "./harms.ts";
import { randomOf } from "./random.ts";
import { ACCURACY_GUARD, type Course, follow, inTurns, quickGateway, REQUEST_GUARDS } from "./rollouts.ts";

const KINDS_AT_ONCE = 2;
/** The longest that a harm may take to be found: 300 intervals. */
const LONGEST_SECONDS = 30;

/** The share of harmful candidates that are stopped. */
export async function benchHarmFound(seeds: number): Promise<readonly Figure[]> {
  const kinds = await inTurns(HARMS, KINDS_AT_ONCE, (harm) => rolloutsOf(harm, seeds));
  const courses = kinds.flat();
  const missed = HARMS.flatMap(({ name }, at) =>
    (kinds[at] ?? []).flatMap((course, seed) => (isStopped(course) ? [] : [`${name}, seed ${seed}: ${endOf(course)}`])),
  );
  const found = courses.filter(isStopped);
  const detail = `${found.length} of ${courses.length} stopped (${HARMS.length} kinds, ${seeds} seeds each: ${HARMS.map(({ name }) => name).join(", ")}), after ${median(found.map(({ seconds }) => seconds)).toFixed(1)} s at the median, ${Math.max(...found.map(({ seconds }) => seconds)).toFixed(1)} s at the most (intervals of 100 ms), with at most ${Math.max(...found.map(({ highest }) => highest)) / 100} % of the traffic`;
  return [
    figure(
      "harm-found",
      found.length / courses.length,
      "share",
      { atLeast: 1 },
      [detail, ...missed.map((text) => `not found: ${text}`)].join("; "),
    ),
  ];
}

const isStopped = ({ status: { rollout } }: Course): boolean =>
  rollout.phase === "aborted" && rollout.ended?.cause.startsWith("guard:") === true;

const endOf = ({ status: { rollout } }: Course): string => `${rollout.phase} on step ${rollout.step}`;

async function rolloutsOf(harm: Harm, seeds: number): Promise<readonly Course[]> {
  const bench = await Bench.start(["v1", "v2"], quickGateway);
  const models: ChildProcess[] = [];
  try {
    for (const server of bench.servers.values()) server.remember = false;
    bench.server("v1").answer = (_seen, response) => void sleep(5).then(() => succeed(response, "v1"));
    if (harm.renamed === true) models.push(...(await serveRenamed(bench)));
    const courses: Course[] = [];
    for (let seed = 0; seed < seeds; seed++) courses.push(await rolloutOf(bench, harm, seed));
    return courses;
  } finally {
    for (const model of models) model.kill("SIGKILL");
    await bench.stop();
  }
}

async function rolloutOf(bench: Bench, harm: Harm, seed: number): Promise<Course> {
  const random = randomOf(seed);
  const withShadow = random() < 0.3;
  const steps = [500, 2_500, 5_000, 10_000].map((weight) => ({ kind: "weight", weight }) as const);
  bench.server("v2").answer = harm.candidate(random);
  await bench.accepted(
    canaryPlan(
      { weight: 10_000, ...harm.plan },
      {
        ...{ identity: `${harm.name} ${seed}`, attempt: String(seed + 1), advance: "automatic" },
        ...{ bakeMs: harm.bakeMs ?? 300, steps: withShadow ? [{ kind: "shadow" }, ...steps] : steps },
        guards: harm.feedback === true ? [...REQUEST_GUARDS, ACCURACY_GUARD] : REQUEST_GUARDS,
      },
    ),
  );
  const clients = clientsOf(bench, harm, seed);
  try {
    return await follow(bench, LONGEST_SECONDS);
  } finally {
    // What hangs is let go of: the next rollout begins with servers that answer.
    bench.server("v2").answer = (_seen, response) => fail(response);
    await clients.stop();
  }
}

function clientsOf(bench: Bench, { feedback, plan, renamed }: Harm, seed: number): Clients {
  const sessions = plan?.stickyHeader !== undefined;
  const infer = renamed === true && seed % 2 === 1;
  return startClients(bench, {
    ask: (number) => {
      if (infer) return { path: "/v2/models/sentiment/infer", body: tensors(number) };
      if (renamed === true) return { body: `{"features":{"income":${number % 90},"late":${number % 5}}}` };
      return { ...ownInput(number), ...(sessions && { headers: { "x-session-id": `returning ${number % 300}` } }) };
    },
    ...(feedback === true && { feedback: () => ({ label: "positive" }) }),
  });
}

function tensors(number: number): string {
  const column = (name: string, value: number) => ({ name, shape: [1], datatype: "FP64", data: [value] });
  return JSON.stringify({ inputs: [column("income", number % 90), column("late", number % 5)] });
}

const SERVER = join(repository, "dist/components/platforms/local/server/main.js");

/** v1, and v2 with `monthly_income` where v1 has `income`, in the place of the bench's own servers. */
async function serveRenamed(bench: Bench): Promise<readonly ChildProcess[]> {
  const rename = (value: unknown): unknown =>
    JSON.parse(JSON.stringify(value).replaceAll('"income"', '"monthly_income"'));
  const models = [
    ["v1", treesManifest, treesWeights],
    ["v2", rename(treesManifest), rename(treesWeights)],
  ] as const;
  return await Promise.all(
    models.map(async ([version, manifest, weights]) => {
      await bench.server(version).kill();
      writeModel(join(bench.root, "models", version), manifest, weights);
      const args = ["--socket", `${version}.sock`, "--model-dir", `models/${version}`, "--model", "sentiment"];
      const child = spawn(process.execPath, [SERVER, ...args, "--version", version, "--instance", version], {
        cwd: bench.root,
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      return child;
    }),
  );
}
