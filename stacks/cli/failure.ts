// Of release/ only this file: its index loads the schema library, which a rollback cannot wait for.
import { type Problem, renderProblems } from "../../components/release/problems.ts";

/** What the exit code of `mlc` says. */
export const exitCodes = {
  done: 0,
  /** Something failed that is not in the command line or the configuration. */
  error: 1,
  /** Wrong arguments, or a configuration with problems. */
  usage: 2,
  /** The rollout was ended before, and the same configuration does not open it again. */
  aborted: 3,
  /** Not yet: the rollout is still on its way. */
  waiting: 4,
  /** What a version is asked, or what it answers, has changed since its reference. */
  drifted: 5,
  /** ctrl-C. */
  interrupted: 130,
} as const;

/** One of the exit codes. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What `--json` prints of a failure besides its message. */
export interface FailureDetails {
  /** @default [] */
  readonly problems?: readonly Problem[];
  /** More fields for `--json`. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** An end of a command that its user can understand and mend: a message without a stack trace, and an exit code. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  readonly problems: readonly Problem[];
  readonly facts: Readonly<Record<string, unknown>>;

  constructor(code: ExitCode, message: string, details: FailureDetails = {}) {
    super(message);
    this.name = "Failure";
    this.exitCode = code;
    this.problems = details.problems ?? [];
    this.facts = details.facts ?? {};
  }
}

/** The command line or the configuration is not what it has to be. */
export const usageFailure = (message: string): Failure => new Failure(exitCodes.usage, message);

/** What was given has problems, all of which are told. @param subject what was given, when it is not the release */
export const problemsFailure = (problems: readonly Problem[], subject?: string): Failure =>
  new Failure(exitCodes.usage, renderProblems(problems, subject).trimEnd(), { problems });
