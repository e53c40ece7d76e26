/** What every refusal of a file or a folder of this machine says: the place, what was seen, what is allowed and what to do. */
export interface HostProblem {
  /** The file or folder it is about. */
  readonly path: string;
  readonly seen: string;
  readonly allowed: string;
  readonly cure: string;
}

/** A file or a folder that cannot be used as it is. The message stands alone; callers show it without a stack trace. */
export class HostError extends Error {
  readonly problem: HostProblem;

  constructor(problem: HostProblem, options?: ErrorOptions) {
    super(`${problem.path}: ${problem.seen}; allowed: ${problem.allowed}. ${problem.cure}`, options);
    this.name = "HostError";
    this.problem = problem;
  }
}

/** What an error says. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The code of an error of the operating system, such as ENOENT. */
export const errorCode = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;
