import type { ExitCode } from "./failure.ts";
import type { Option, StackOptions, Values } from "./options.ts";
import type { Terminal } from "./terminal.ts";

/** What was asked for on the command line. */
export interface Invocation<Options extends StackOptions = StackOptions> {
  /** What stands behind the verb and is no option. */
  readonly args: readonly string[];
  readonly options: Options;
}

/** What came of it. */
export interface Outcome {
  /** @default done */
  readonly exitCode?: ExitCode;
  /** The fields that `--json` prints besides `command` and `exitCode`. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/**
 * One verb of `mlc`: its words, from which help and completion are made, and what it does.
 *
 * A verb's file is also loaded for its words alone, so it imports nothing that takes time: `run` loads what it needs.
 */
export interface Verb<Options extends StackOptions = StackOptions> {
  /** The name and its arguments, as commander writes them: `start <version>`. */
  readonly usage: string;
  /** One line of the list of all verbs. */
  readonly summary: string;
  /** The first paragraph of its own help. @default the summary as a sentence */
  readonly description?: string;
  /** A command line that shows its use. */
  readonly example: string;
  /** Without `--json`, which every verb has that does not say otherwise. */
  readonly options: readonly Option[];
  /** What its arguments may be. @default nothing is known of them */
  readonly arguments?: Values;
  /** False for a verb that prints something for another program. @default true: it has `--json` */
  readonly json?: false;
  /** Whatever stands behind the verb is an argument, an unknown option too. @default false */
  readonly passesOn?: true;
  /** Asked by programs and not by people: it is not listed and has no help. @default false */
  readonly hidden?: true;
  /**
   * Talks to its user while it works and says at the end what came of it.
   * @throws Failure with an exit code; every other error is a fault of this program.
   */
  run(terminal: Terminal, invocation: Invocation<Options>): Promise<Outcome>;
}

/** Loads each verb's file, by the verb's name. */
export type Verbs = Readonly<Record<string, () => Promise<Verb>>>;
