import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type RuleName, rules } from "../../../components/simulations/aws/index.ts";

const programs = path.join(import.meta.dirname, "naive-programs");

/** Files with naive programs, by what they say. */
export const naivePrograms: ReadonlyMap<string, string> = new Map(
  readdirSync(programs).map((file) => [file, readFileSync(path.join(programs, file), "utf8")]),
);

const provenIn = (name: string): string =>
  [...naivePrograms]
    .filter(([, text]) => text.includes(name))
    .map(([file]) => `[${file.replace(".test.ts", "")}](../test/simulations/aws/naive-programs/${file})`)
    .join(", ");

/** docs/aws-rules.md from the rules themselves. */
export function renderRulesPage(): string {
  const names = Object.keys(rules) as readonly RuleName[];
  const rows = names.map((name) => {
    const { says, source, known } = rules[name];
    return `| \`${name}\` | ${says} | ${known} | ${source} | ${provenIn(name)} |`;
  });
  return `# Rules of the simulated AWS account

What bites a program that is right by the typings of \`@pulumi/aws\`. Each rule is proven by a deliberately naive program under
the real engine: it fails with the rule and passes without it. \`AWS_SIMULATION_OFF\` switches rules off by name; what the
account does then stands in brackets. *Read* is what the source named says; *inferred* follows from it, and nobody has seen it
on an account: what is built on the simulation has to hold both ways. What the simulation does not do stands in its
[README](../components/simulations/aws/README.md).

Written from the code: \`npx vitest run test/simulations/aws -u\`.

| rule | what happens | known | source | naive program |
| --- | --- | --- | --- | --- |
${rows.join("\n")}
`;
}
