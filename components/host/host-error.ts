/** What every refusal of a file or a folder of this machine says: the place, what was seen, what is allowed and what to do. */
export interface HostProblem {
  /** The file or folder it is about. */
  readonly path: string;
  /** What was found there. */
  readonly seen: string;
  /** What may be there instead. */
  readonly allowed: string;
  /** What to do about it: sentences that end with a full stop. */
  readonly cure: string;
}

/** A file or a folder that cannot be used as it is. The message stands alone; callers show it without a stack trace. */
export class HostError extends Error {
  /** The parts of the message. */
  readonly problem: HostProblem;

  constructor(problem: HostProblem, options?: ErrorOptions) {
    super(`${problem.path}: ${problem.seen}; allowed: ${problem.allowed}. ${problem.cure}`, options);
    this.name = "HostError";
    this.problem = problem;
  }
}

/** The message of an error; of something else that was thrown, its text. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The code of an error of the operating system, such as ENOENT; undefined for any other. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
