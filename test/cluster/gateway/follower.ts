/** Work that follows changes. */
export interface Follower {
  /** Something changed. */
  readonly changed: () => void;
  /** From now on changes are followed; those before are one. */
  readonly begin: () => void;
  /** When every change so far was worked on. @throws what the last work threw */
  readonly settled: () => Promise<void>;
}

/** Runs the work after each change, one at a time; changes that come meanwhile are one more run. */
export function follow(work: () => Promise<void>): Follower {
  let begun = false;
  let pending = false;
  let failure: unknown;
  let running: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (pending) {
      pending = false;
      await work().then(
        () => {
          failure = undefined;
        },
        (error: unknown) => {
          failure = error;
        },
      );
    }
    running = undefined;
  };
  const changed = (): void => {
    pending = true;
    if (begun) running ??= run();
  };
  return {
    changed,
    begin: () => {
      begun = true;
      changed();
    },
    settled: async () => {
      while (running !== undefined) await running;
      if (failure !== undefined) throw failure;
    },
  };
}
