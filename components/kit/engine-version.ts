import * as pulumi from "@pulumi/pulumi";
import { refusal } from "./refusal.ts";

/** The oldest engine this is tested with: the first whose Node SDK asks for Node 22. */
export const oldestEngine = ">=3.249.0";

/** Asks the engine whether it is new enough. @throws pulumi.RunError when it is not. */
export async function requireEngine(range: string = oldestEngine): Promise<void> {
  try {
    await pulumi.requirePulumiVersion(range);
  } catch (error) {
    // Pulumi's mocks have no engine that could be asked.
    if (error instanceof TypeError) return;
    throw refusal(`pulumi-model-lifecycle: ${error instanceof Error ? error.message : error}`);
  }
}
