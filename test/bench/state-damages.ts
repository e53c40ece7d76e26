import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Bench } from "../platforms/local/gateway/harness.ts";
import { canaryPlan } from "../support/plans.ts";
import { type Figure, figure } from "./figure.ts";

export interface Damage {
  readonly name: string;
  /** The files, relative to the gateway's folder. */
  readonly files: readonly string[];
  readonly apply: (path: string) => void;
}

const inBytes = (change: (bytes: Buffer) => Buffer | string) => (path: string) =>
  writeFileSync(path, change(readFileSync(path)));
const inPlace = (path: string, make: () => void): void => {
  rmSync(path, { recursive: true, force: true });
  make();
};

const KINDS: Readonly<Record<string, (path: string) => void>> = {
  empty: (path) => truncateSync(path, 0),
  "cut in half": inBytes((bytes) => bytes.subarray(0, bytes.length >> 1)),
  "40 bytes short": inBytes((bytes) => bytes.subarray(0, Math.max(0, bytes.length - 40))),
  "all NUL": inBytes((bytes) => Buffer.alloc(bytes.length)),
  "NULs in the middle": inBytes((bytes) => Buffer.from(bytes).fill(0, bytes.length >> 2, bytes.length >> 1)),
  garbage: inBytes(() => "\u0000\u0001 no record {{{\n"),
  null: inBytes(() => "null\n"),
  list: inBytes(() => "[]\n"),
  "empty object": inBytes(() => "{}\n"),
  directory: (path) => inPlace(path, () => mkdirSync(path)),
  "link to itself": (path) => inPlace(path, () => symlinkSync(path, path)),
};

const RECORDS: Readonly<Record<string, (path: string) => void>> = {
  "of a later format": inBytes((bytes) => JSON.stringify({ ...JSON.parse(bytes.toString()), format: 99 })),
  "with guards [null]": inBytes((bytes) => bytes.toString().replaceAll(/"(guards|events)": \[/g, '"$1": [null, ')),
  "with a number for a text": inBytes((bytes) => bytes.toString().replaceAll(/"identity": "[^"]*"/g, '"identity": 7')),
  gone: (path) => rmSync(path),
};

function damagesOf(name: string, files: readonly string[], kinds: typeof KINDS): readonly Damage[] {
  return Object.entries(kinds).map(([kind, apply]) => ({ name: `${name} ${kind}`, files, apply }));
}

const gone = RECORDS.gone ?? (() => {});
const { gone: _, ...readable } = RECORDS;

/** Each file of a gateway with each damage. Of the plan one copy stays: without any there is nothing to serve by. */
export const damages: readonly Damage[] = [
  ...damagesOf("route.json", ["route.json"], { ...KINDS, ...RECORDS }),
  ...damagesOf("rollout.json", ["rollout.json"], { ...KINDS, ...RECORDS }),
  ...damagesOf("rollout.json and its copy", ["rollout.json", "rollout.json.copy"], { ...KINDS, ...readable }),
  ...damagesOf("intervals.jsonl", ["intervals.jsonl"], { ...KINDS, gone }),
  ...damagesOf("admin.token", ["admin.token"], KINDS),
  ...damagesOf("feedback.key", ["feedback.key"], KINDS),
];

/** Damages the files of a gateway that was killed in a rollout, one damage after the other, and starts it again. */
export async function stateDamages(
  tell: (damage: Damage, result: { readonly served: boolean; readonly named: boolean }) => void = () => {},
): Promise<{ readonly tried: number; readonly served: number; readonly named: number }> {
  const bench = await Bench.start();
  try {
    await bench.accepted(canaryPlan({ weight: 2_000 }));
    await bench.load((count) => count >= 50);
    await bench.until(
      ({ rollout }) => (rollout.verdict as { evidence: { intervals: number } }).evidence.intervals >= 2,
    );
    // A draining gateway writes its snapshot: the intervals are behind an index then.
    bench.gateway.child.kill("SIGTERM");
    await bench.gateway.exited;
    const whole = join(bench.root, "whole");
    cpSync(bench.file("."), whole, { recursive: true });
    let [served, named] = [0, 0];
    for (const damage of damages) {
      const result = await damaged(bench, whole, damage);
      served += Number(result.served);
      named += Number(result.named);
      tell(damage, result);
    }
    return { tried: damages.length, served, named };
  } finally {
    await bench.stop();
  }
}

async function damaged(bench: Bench, whole: string, { files, apply }: Damage) {
  rmSync(bench.file("."), { recursive: true });
  cpSync(whole, bench.file("."), { recursive: true });
  for (const file of files) apply(bench.file(file));
  const gateway = await bench.startGateway();
  const answers = await Promise.all(Array.from({ length: 20 }, () => bench.predict().catch(() => undefined)));
  const status = await bench.status().catch(() => undefined);
  gateway.child.kill("SIGKILL");
  await gateway.exited;
  const name = files[0]?.split(".")[0] ?? "";
  const told = (what: string): boolean => what.includes(name);
  return {
    served: answers.every((answer) => answer?.status === 200) && (status?.weights.v1 ?? 0) >= 8_000,
    named: (status?.losses ?? []).some(({ what }) => told(what)) && gateway.output().includes("loss: "),
  };
}

/** The share of damages after which stable serves and the loss is named. */
export async function benchStateDamages(): Promise<readonly Figure[]> {
  const { tried, served, named } = await stateDamages();
  const detail = `${tried} damages of the gateway's files; stable served after ${served}, the loss was named after ${named}`;
  return [figure("state-damages-served", Math.min(served, named) / tried, "share", { atLeast: 1 }, detail)];
}
