import type { Pack } from "./packs.ts";
import type { AnyRule } from "./rule.ts";
import { subjects } from "./subjects/index.ts";
import { type AnyExample, factsIn, judge, subjectOf } from "./verdict.ts";

/** The rules of some packs as a Markdown page; what it says of findings is what the rules' own examples give. */
export function renderCatalogue(packs: readonly Pack<AnyRule>[]): string {
  return [
    "# Policies",
    "",
    "<!-- Written from policies/rules. To write it again: npx vitest run test/policies -u -->",
    "",
    "Rules that are checked when a stack is previewed and deployed.",
    "No rule refuses a rollback or an abort: a plan that gives the candidate no traffic always passes.",
    "",
    "```sh",
    "pulumi preview --policy-pack node_modules/pulumi-model-lifecycle/dist/policies/pack",
    "pulumi preview --policy-pack node_modules/pulumi-model-lifecycle/dist/policies/records-pack",
    "```",
    "",
    "A level, and a number where a rule has one, is changed by the rule's id in a file given with `--policy-pack-config`:",
    "",
    "```json",
    '{ "candidate-has-guard": "advisory" }',
    "```",
    "",
    "```json",
    '{ "archive-is-locked": { "enforcementLevel": "mandatory", "days": 3650 } }',
    "```",
    "",
    "A policy pack of your own takes the rules it wants from `pulumi-model-lifecycle/policies` with `createPolicy(rule, level)`.",
    "",
    "A policy sees what a program registers, and never what an update deletes. What a preview cannot know yet is said as advice;",
    "what nobody tells is a finding. Neither passes in silence.",
    ...packs.flatMap(renderPack),
    "",
  ].join("\n");
}

function renderPack({ name, title, rules, level = "mandatory" }: Pack<AnyRule>): readonly string[] {
  const meaning = level === "mandatory" ? "an error" : "advice";
  return [
    "",
    `## Pack \`${name}\``,
    "",
    `${title}. A finding is ${meaning} by default (\`${level}\`).`,
    ...rules.flatMap(renderRule),
  ];
}

function renderRule(rule: AnyRule): readonly string[] {
  const { good, bad, unjudged = [] } = rule.examples;
  const { title } = subjects[subjectOf(rule)];
  return [
    "",
    `### \`${rule.id}\``,
    "",
    `${rule.title}. Looks at ${title}. Severity: ${rule.severity}.`,
    ...(rule.source === undefined ? [] : ["", `Source: ${rule.source}.`]),
    ...renderSettings(rule),
    "",
    "Passes:",
    ...good.map(({ name }) => `- ${name}`),
    "",
    "Refused:",
    ...bad.flatMap((example) => renderExample(rule, example)),
    ...(unjudged.length === 0 ? [] : ["", "Not judged:"]),
    ...unjudged.flatMap((example) => renderExample(rule, example)),
  ];
}

function renderSettings({ settings = {} }: AnyRule): readonly string[] {
  const rows = Object.entries(settings).map(
    ([name, { title, minimum, default: value }]) => `- \`${name}\`: ${title}; at least ${minimum}, by default ${value}`,
  );
  return rows.length === 0 ? [] : ["", "Settings:", ...rows];
}

function renderExample(rule: AnyRule, example: AnyExample): readonly string[] {
  const verdict = judge(rule, factsIn(rule, example));
  switch (verdict.kind) {
    case "passes":
      return [`- ${example.name}`];
    case "refused":
      return [
        `- ${example.name}`,
        ...verdict.findings.flatMap(({ path, seen, cause, cure }) => [
          `  - \`${path}\`: ${seen}`,
          `  - cause: ${cause}`,
          `  - do this: ${cure}`,
        ]),
      ];
    case "notApplicable":
      return [`- ${example.name}`, `  - does not apply: ${verdict.why}`];
    case "unknown":
      return [`- ${example.name}`, `  - not known, which is a finding: ${verdict.why}`];
  }
}
