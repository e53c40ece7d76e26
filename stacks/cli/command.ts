import type { ExitCode } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

/** Every option of every command; which command takes which stands in `program.ts`. */
export interface Options {
  readonly stack?: string;
  readonly cwd?: string;
  readonly project?: string;
  readonly json?: boolean;
  readonly yes?: boolean;
  /** False after `--no-up`. */
  readonly up?: boolean;
  readonly endpoint?: string;
  readonly weight?: string;
  readonly attempt?: string;
  readonly reason?: string;
  readonly to?: string;
  readonly sunset?: string;
  readonly successor?: string;
  readonly force?: boolean;
  readonly wait?: boolean;
  readonly until?: string;
  readonly timeout?: string;
  readonly exitCode?: boolean;
  readonly fix?: boolean;
  readonly policyPack?: readonly string[];
  readonly name?: string;
  readonly model?: string;
}

export interface Invocation {
  readonly args: readonly string[];
  readonly options: Options;
}

export interface Outcome {
  /** @default done */
  readonly exitCode?: ExitCode;
  /** The fields that `--json` prints besides `command` and `exitCode`. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** One command: talks to its user while it works and says at the end what came of it. */
export type Command = (terminal: Terminal, invocation: Invocation) => Promise<Outcome>;
