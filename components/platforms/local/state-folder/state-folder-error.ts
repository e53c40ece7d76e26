/** What every error of the state folder says: the place, what was seen, what is allowed and what to do. */
export interface StateProblem {
  /** The file or folder it is about. */
  readonly path: string;
  readonly seen: string;
  readonly allowed: string;
  readonly cure: string;
}

/** A state folder that cannot be used as it is. The message stands alone; callers show it without a stack trace. */
export class StateFolderError extends Error {
  readonly problem: StateProblem;

  constructor(problem: StateProblem, options?: ErrorOptions) {
    super(`${problem.path}: ${problem.seen}; allowed: ${problem.allowed}. ${problem.cure}`, options);
    this.name = "StateFolderError";
    this.problem = problem;
  }
}

/** The code of an error of the operating system, such as ENOENT. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
