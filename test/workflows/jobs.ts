import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "yaml";
import { type Command, type Ran, shell } from "./steps.ts";

/** A line of a job, and the variables that its job has. */
export interface Line extends Command {
  readonly variables: Readonly<Record<string, string>>;
  /** Run at the end, whatever came of the others. */
  readonly isAfter: boolean;
}

interface Job {
  readonly variables?: Readonly<Record<string, string>>;
  readonly before_script?: readonly string[];
  readonly script?: readonly string[];
  readonly after_script?: readonly string[];
}

/** The lines of a job in their order, with those of what it extends. */
export function linesOf(file: string, name: string): readonly Line[] {
  const jobs = parse(readFileSync(file, "utf8")) as Readonly<Record<string, Job & { readonly extends?: string }>>;
  const own = jobs[name];
  const below = own?.extends === undefined ? {} : jobs[own.extends];
  if (own === undefined || below === undefined) throw new Error(`${file} has no job ${name}`);
  // A list or a text replaces that of what is extended; variables are put together.
  const { before_script = [], script = [], after_script = [] }: Job = { ...below, ...own };
  const variables = { ...below.variables, ...own.variables };
  const line =
    (isAfter: boolean) =>
    (run: string): Line => ({ run, variables, isAfter });
  return [...[...before_script, ...script].map(line(false)), ...after_script.map(line(true))];
}

/**
 * Runs a job as a runner does: all lines in one shell that ends with the first that fails, and those of the end in another.
 * @param env wins over the job's own variables, as what a person types does
 */
export async function runLines(lines: readonly Line[], cwd: string, env: NodeJS.ProcessEnv): Promise<readonly Ran[]> {
  const ran: Ran[] = [];
  for (const isAfter of [false, true]) {
    ran.push(
      ...(await runShell(
        lines.filter((line) => line.isAfter === isAfter),
        cwd,
        env,
      )),
    );
  }
  return ran;
}

async function runShell(lines: readonly Line[], cwd: string, env: NodeJS.ProcessEnv): Promise<readonly Ran[]> {
  const [first] = lines;
  if (first === undefined) return [];
  const folder = mkdtempSync(path.join(tmpdir(), "mlc-job-"));
  const log = path.join(folder, "begun");
  const script = lines.map(({ run }) => `echo >> "${log}"\n${run}`).join("\n");
  const { code, output } = await shell(script, cwd, { ...expanded(first.variables, env), ...env });
  const begun = existsSync(log) ? readFileSync(log, "utf8").length : 0;
  rmSync(folder, { recursive: true });
  return lines.slice(0, begun).map(({ run }, index) => ({
    command: run,
    code: index === begun - 1 ? code : 0,
    output: index === begun - 1 ? output : "",
  }));
}

/** A variable may name those that are there before. */
const expanded = (variables: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(
    Object.entries(variables).map(([name, text]) => [
      name,
      text.replaceAll(/\$(\w+)/g, (_, of: string) => env[of] ?? ""),
    ]),
  );
