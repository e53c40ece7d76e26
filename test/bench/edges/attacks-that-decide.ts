import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fail, type Seen, succeed } from "../../platforms/local/gateway/fake-server.ts";
import { Bench } from "../../platforms/local/gateway/harness.ts";
import { canaryPlan } from "../../support/plans.ts";
import { repository } from "../../support/project.ts";
import { type Figure, figure } from "../figure.ts";
import { gatewayMain } from "../gateway/index.ts";
import { startReal } from "../gateway/real-servers.ts";
import { ATTACKS, type Attack } from "./attacks.ts";
import { startClients } from "./clients.ts";
import { ACCURACY_GUARD, type Course, follow, inTurns, REQUEST_GUARDS } from "./rollouts.ts";

const AT_ONCE = 2;

/** Attacks of a client without credentials after which a rollout has ended, or a bad candidate is complete. */
export async function benchAttacks(seconds: number): Promise<readonly Figure[]> {
  const courses = await inTurns(ATTACKS, AT_ONCE, (attack) => courseOf(attack, seconds));
  const decided = ATTACKS.flatMap(({ name, goal }, at) => {
    const course = courses[at];
    return course !== undefined && hasDecided(goal, course) ? [`${name} (${endOf(course)})`] : [];
  });
  const ends = ATTACKS.filter(({ goal }) => goal === "end").length;
  const detail = `of ${ATTACKS.length}, ${seconds} s each: ${ends} to end a healthy candidate at 25 %, ${ATTACKS.length - ends} to complete one that fails a tenth; 12 honest clients at addresses of their own`;
  const which = decided.map((name) => `decides: ${name}`);
  return [figure("attacks-that-decide", decided.length, "attacks", { atMost: 0 }, [detail, ...which].join("; "))];
}

const hasDecided = (goal: Attack["goal"], { status: { rollout } }: Course): boolean =>
  goal === "end" ? rollout.phase === "aborted" : rollout.phase === "complete";

const endOf = ({ status: { rollout }, seconds }: Course): string =>
  `${rollout.phase} after ${seconds.toFixed(1)} s${rollout.ended === undefined ? "" : ` by ${rollout.ended.cause}`}`;

async function courseOf(attack: Attack, seconds: number): Promise<Course> {
  const { bench, stop } = await arrange(attack);
  try {
    const plan = canaryPlan(
      { weight: attack.goal === "end" ? 2_500 : 10_000, ...attack.plan },
      {
        advance: attack.goal === "end" ? "manual" : "automatic",
        guards: [...REQUEST_GUARDS, ACCURACY_GUARD],
        // Nobody is to be shown harmless before the attack is over.
        ...(attack.goal === "end" && { bakeMs: 3_600_000 }),
      },
    );
    await bench.accepted(plan);
    const honest = startHonest(bench, attack);
    let isOn = true;
    const course = follow(bench, seconds);
    const attacking = attack.run(bench, () => isOn);
    const result = await course;
    isOn = false;
    await Promise.all([attacking, honest.stop()]);
    return result;
  } finally {
    await stop();
  }
}

/** Clients that ask and, with the credential, say how it turned out. */
function startHonest(bench: Bench, { plan }: Attack): { readonly stop: () => Promise<void> } {
  return startClients(bench, {
    pauseMs: 15,
    ask: (number) => ({
      body: `{"text":"honest ${number}"}`,
      ...(plan?.stickyHeader !== undefined && { headers: { [plan.stickyHeader]: `honest ${number % 600}` } }),
    }),
    feedback: (number) => ({ metric: "accuracy", value: number % 20 !== 0 }),
  });
}

interface Arranged {
  readonly bench: Bench;
  readonly stop: () => Promise<void>;
}

async function arrange({ servers = "scripted", goal }: Attack): Promise<Arranged> {
  if (servers === "trained") return await arrangeTrained();
  const bench = await Bench.start(["v1", "v2"], gatewayMain);
  for (const server of bench.servers.values()) server.remember = false;
  bench.server("v1").answer = (seen, response) => answer("v1", seen, response);
  bench.server("v2").answer = (seen, response) => {
    const isHonest = seen.body.includes('"honest');
    const fails = goal === "promote" ? isHonest && Math.random() < 0.1 : seen.body.includes('"poison"');
    if (fails) fail(response, 500);
    else answer("v2", seen, response);
  };
  const mortals = servers === "mortal" ? [serveMortal(bench, "v1"), serveMortal(bench, "v2")] : [];
  await Promise.all(mortals.map(({ started }) => started));
  const stop = async (): Promise<void> => {
    for (const mortal of mortals) mortal.stop();
    await bench.stop();
  };
  return { bench, stop };
}

const LARGE = Buffer.from(JSON.stringify({ version: "v", label: "positive", text: "a".repeat(2 * 1024 * 1024) }));

function answer(version: string, { body }: Seen, response: ServerResponse): void {
  if (body.includes('"wrong')) fail(response, 400);
  else if (body.includes('"large')) response.end(LARGE);
  else void sleep(body.includes('"slow') ? 200 : 3).then(() => succeed(response, version));
}

/** The example's two model servers, in the place of the scripted ones. */
async function arrangeTrained(): Promise<Arranged> {
  const real = await startReal(gatewayMain);
  const { bench, servers } = real;
  const put = async (plan: unknown) =>
    await bench.admin("/admin/route", { method: "PUT", body: JSON.stringify({ plan, servers }) });
  bench.put = put;
  return { bench, stop: real.stop };
}

/** A process that is started again whenever it ends. */
function serveMortal(bench: Bench, version: string): { readonly started: Promise<unknown>; readonly stop: () => void } {
  const program = join(repository, "test/platforms/local/gateway/mortal-server.ts");
  let child: ChildProcess | undefined;
  let over = false;
  const start = async (): Promise<void> => {
    const started = spawn(process.execPath, [program, join(bench.root, `${version}.sock`), version], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    child = started;
    started.once("exit", () => {
      if (!over) void start();
    });
    await once(started.stdout, "data");
  };
  return {
    started: bench.server(version).kill().then(start),
    stop: () => {
      over = true;
      child?.kill("SIGKILL");
    },
  };
}
