import type { Pack } from "./packs.ts";
import type { Example, Rule } from "./rule.ts";

/** The rules of some packs as a Markdown page; what it says of findings is what the rules' own examples give. */
export function renderCatalogue(packs: readonly Pack[]): string {
  return [
    "# Policies",
    "",
    "<!-- Written from policies/rules. To write it again: npx vitest run test/policies -u -->",
    "",
    "Rules that are checked when a stack is previewed and deployed. Each is an error by default (`mandatory`).",
    "No rule refuses a rollback or an abort: a plan that gives the candidate no traffic always passes.",
    "",
    "```sh",
    "pulumi preview --policy-pack node_modules/pulumi-model-lifecycle/dist/policies/pack",
    "```",
    "",
    "A level is changed by the rule's id in a file given with `--policy-pack-config`:",
    "",
    "```json",
    '{ "candidate-has-guard": "advisory" }',
    "```",
    "",
    "A policy pack of your own takes the rules it wants from `pulumi-model-lifecycle/policies` with `createPolicy(rule, level)`.",
    ...packs.flatMap(renderPack),
    "",
  ].join("\n");
}

function renderPack({ name, title, rules }: Pack): readonly string[] {
  return ["", `## Pack \`${name}\``, "", `${title}.`, ...rules.flatMap(renderRule)];
}

function renderRule(rule: Rule): readonly string[] {
  return [
    "",
    `### \`${rule.id}\``,
    "",
    `${rule.title}. Severity: ${rule.severity}.`,
    "",
    "Passes:",
    ...rule.examples.good.map(({ name }) => `- ${name}`),
    "",
    "Refused:",
    ...rule.examples.bad.flatMap((example) => renderRefusal(rule, example)),
  ];
}

function renderRefusal(rule: Rule, { name, traffic }: Example): readonly string[] {
  return [
    `- ${name}`,
    ...rule
      .check(traffic)
      .flatMap(({ path, seen, cause, cure }) => [
        `  - \`${path}\`: ${seen}`,
        `  - cause: ${cause}`,
        `  - do this: ${cure}`,
      ]),
  ];
}
