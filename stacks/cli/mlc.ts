#!/usr/bin/env node
// Nothing but Node's own modules may be imported before the version is known to be new enough.
try {
  await import("../../components/kit/node-version.ts");
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
const { main } = await import("./main.ts");
process.exitCode = await main(process.argv.slice(2));

export {};
