import { findEngine } from "../../stacks/engine/index.ts";

/** Finds the engine before the first test, or builds it: minutes that belong to no test, and in which something is said. */
export async function setup(): Promise<void> {
  try {
    await findEngine({ progress: (line) => console.log(line) });
  } catch (error) {
    // Tests that need none run all the same; the others say this again.
    console.warn(error instanceof Error ? error.message : error);
  }
}
