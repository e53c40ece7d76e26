import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Guard } from "../../../components/release/resolved.ts";
import { Bench } from "../../platforms/local/gateway/harness.ts";
import { trainInto } from "../../support/models.ts";
import { errorGuard, latencyGuard } from "../../support/plans.ts";
import { repository } from "../../support/project.ts";

const SERVER = join(repository, "dist/components/platforms/local/server/main.js");

export const REQUEST = '{"text":"a really good product, I would buy it again"}';

/** Requests and feedback: what a rollout is guarded by in the example. */
export const EVERY_GUARD: readonly Guard[] = [
  errorGuard,
  latencyGuard,
  { ...errorGuard, metric: "positiveRate", source: "feedback", direction: "either" },
];

export interface RealBench {
  readonly bench: Bench;
  readonly servers: Readonly<Record<string, string>>;
  readonly stop: () => Promise<void>;
}

/** The gateway before the example's model servers, as compiled processes of their own. */
export async function startReal(main: string): Promise<RealBench> {
  const bench = await Bench.start([], main);
  const pins = await trainInto(bench.root);
  const versions = ["v1", "v2"].filter((version) => version in pins);
  const children: ChildProcess[] = versions.map((version) =>
    spawn(
      process.execPath,
      [
        ...[SERVER, "--socket", `${version}.sock`, "--model-dir", `models/${version}`],
        ...["--model", "sentiment", "--version", version, "--instance", version],
      ],
      { cwd: bench.root, stdio: "ignore" },
    ),
  );
  return {
    bench,
    servers: Object.fromEntries(versions.map((version) => [version, `${version}.sock`])),
    stop: async () => {
      for (const child of children) child.kill("SIGKILL");
      await bench.stop();
    },
  };
}

/** Gives the plan, and waits until a prediction comes back. */
export async function route({ bench, servers }: RealBench, plan: unknown): Promise<void> {
  const headers = { authorization: `Bearer ${bench.token}` };
  const body = JSON.stringify({ plan, servers });
  const answer = await bench.admin("/admin/route", { method: "PUT", body, headers });
  if (answer.status !== 200) throw new Error(answer.text);
  while ((await bench.predict({ body: REQUEST })).status !== 200) await sleep(50);
}
