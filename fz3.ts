import { parseYaml } from "./stacks/cli/parse-yaml.ts";
import { tokensOf } from "./stacks/cli/yaml-tokens.ts";
import { execFileSync } from "node:child_process";
for (const t of process.argv.slice(2).map((x) => JSON.parse(`"${x}"`))) {
  console.log(JSON.stringify(t)); console.log(tokensOf(t).filter((x) => x.kind !== "space").map((x) => `${x.kind[0]}${x.depth}${JSON.stringify(x.text)}`).join(" "));
  const p = parseYaml(t); console.log("ours", p.problems.slice(0, 2), JSON.stringify(p.data)); console.log("engine", execFileSync("/tmp/yaml-reader-bin", { input: JSON.stringify(t) }).toString());
}
