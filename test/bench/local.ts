/** `npm run bench:local`: every figure of the local platform. `-- --write` also writes docs/benchmarks.md. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import { repository } from "../support/project.ts";
import { benchDemo } from "./demo.ts";
import { withEndpoint } from "./endpoint.ts";
import type { Figure } from "./figure.ts";
import { benchGateway } from "./gateway/index.ts";
import { benchPreview } from "./preview.ts";
import { benchRestart } from "./restart.ts";
import { benchRollbackCommand } from "./rollback-command.ts";
import { benchStateDamages } from "./state-damages.ts";

const figures: Figure[] = [];

async function take(what: string, measure: () => Promise<readonly Figure[]> | readonly Figure[]): Promise<void> {
  process.stderr.write(`${what} …\n`);
  const taken = await measure();
  figures.push(...taken);
  for (const { name, value, unit, bar, holds } of taken) {
    process.stderr.write(`  ${holds ? "holds" : "MISSED"}  ${name} ${value} ${unit} (bar ${bar})\n`);
  }
}

await take("gateway", benchGateway);
await take("damaged state", benchStateDamages);
await withEndpoint(async (endpoint) => {
  await take("kill -9", () => benchRestart(endpoint));
  await take("mlc rollback", () => benchRollbackCommand(endpoint));
});
await take("preview", benchPreview);
await take("demo", benchDemo);

const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: repository, encoding: "utf8" }).trim();
if (process.argv.includes("--write")) writePage();
console.log(JSON.stringify({ bench: "local", commit, figures }));
process.exit(figures.every(({ holds }) => holds) ? 0 : 1);

function writePage(): void {
  const page = path.join(repository, "docs/benchmarks.md");
  const rows = figures.map(({ name, value, unit, bar, holds, detail }) =>
    [`\`${name}\``, `${value} ${unit}`, bar, holds ? "holds" : "**missed**", detail].join(" | "),
  );
  const section = [
    `Commit \`${commit}\`, ${cpus().length} cores (${cpus()[0]?.model.trim() ?? "unknown"}), Node ${process.versions.node}: \`npm run bench:local -- --write\`.`,
    "",
    "figure | value | bar | | how",
    "--- | --- | --- | --- | ---",
    ...rows,
    "",
  ].join("\n");
  const [before = "", after = ""] = readFileSync(page, "utf8").split(/<!-- local:begin -->[\s\S]*<!-- local:end -->/);
  writeFileSync(page, `${before}<!-- local:begin -->\n${section}<!-- local:end -->${after}`);
}
