/** What an engine loads, compiled: `--policy-pack dist/policies/pack`. It is required, not imported, so it awaits nothing. */
import { createRequire } from "node:module";
import { exit, stderr } from "node:process";

// The package is an optional peer: who enforces no rules has no use for its hundred megabytes.
const require = createRequire(import.meta.url);
const { corePack, createPack } = load();
createPack(corePack);

function load(): typeof import("../index.ts") {
  try {
    return require("../index.js");
  } catch (error) {
    if (!(error instanceof Error && error.message.includes("'@pulumi/policy'"))) throw error;
    stderr.write(
      "The policy pack model-lifecycle needs @pulumi/policy, which is not installed: npm install @pulumi/policy\n",
    );
    exit(1);
  }
}
