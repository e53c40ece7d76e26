import { createRequire } from "node:module";
import { exit, stderr } from "node:process";

// The package is an optional peer: who enforces no rules has no use for its hundred megabytes.
const require = createRequire(import.meta.url);

type Policies = typeof import("../index.ts");

/**
 * Serves a pack to the engine that loaded this process. It awaits nothing, because an engine requires a pack and does
 * not import it.
 * @param name as it is exported
 */
export function servePack(name: "corePack" | "recordsPack"): void {
  const policies = load(name);
  policies.createPack(policies[name]);
}

function load(name: string): Policies {
  try {
    return require("../index.js");
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("'@pulumi/policy'"))) throw error;
    const pack = { corePack: "model-lifecycle", recordsPack: "model-records" }[name];
    stderr.write(`The policy pack ${pack} needs @pulumi/policy, which is not installed: npm install @pulumi/policy\n`);
    exit(1);
  }
}
