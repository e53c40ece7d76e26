import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

/** Something that a workflow runs. */
export interface Command {
  readonly run: string;
}

/** A step of a workflow that runs something. */
export interface Step extends Command {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly if?: string;
}

type Values = Readonly<Record<string, string>>;

/** The steps of a workflow that run something, in their order. */
export function stepsOf(file: string): readonly Step[] {
  const { jobs } = parse(readFileSync(file, "utf8")) as { jobs: Record<string, Job> };
  return Object.values(jobs).flatMap(({ env: ofJob = {}, steps }) =>
    steps.flatMap(({ name, run, env = {}, if: condition }) =>
      name === undefined || run === undefined
        ? []
        : [{ name, run, env: { ...ofJob, ...env }, ...(condition !== undefined && { if: condition }) }],
    ),
  );
}

interface Job {
  readonly env?: Values;
  readonly steps: readonly { name?: string; run?: string; env?: Values; if?: string }[];
}

/** How a step ended. */
export interface Ran {
  /** As the workflow has it. */
  readonly command: string;
  readonly code: number;
  readonly output: string;
}

/**
 * Runs a workflow's steps as a runner does: each in a shell of its own without a terminal, until one fails; those that
 * say `!cancelled()` run all the same. An expression that is not among the values is an error.
 */
export async function runSteps(
  steps: readonly Step[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  values: Values,
): Promise<readonly Ran[]> {
  const ran: Ran[] = [];
  for (const step of steps) {
    const hasFailed = ran.some(({ code }) => code !== 0);
    if (hasFailed && !step.if?.includes("!cancelled()")) continue;
    const ofStep = Object.entries(step.env).map(([name, text]) => [name, filled(text, values)]);
    ran.push({
      command: step.run,
      ...(await shell(filled(step.run, values), cwd, { ...env, ...Object.fromEntries(ofStep) })),
    });
  }
  return ran;
}

function filled(text: string, values: Values): string {
  return text.replaceAll(/\$\{\{ (.*?) \}\}/g, (_, expression: string) => {
    const value = values[expression];
    if (value === undefined) throw new Error(`no value for \${{ ${expression} }}`);
    return value;
  });
}

/** Runs something in a shell without a terminal. */
export function shell(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Omit<Ran, "command">> {
  const child = spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", command], {
    cwd: path.resolve(cwd),
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
