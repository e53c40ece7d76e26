import type { Consumer } from "../../../components/release/index.ts";
import { type CheckedVersion, failuresIn } from "../check/check-version.ts";
import { renderCheck } from "../check/render-check.ts";
import { type RuleFinding, renderRuleFinding } from "../rule-check.ts";
import type { EngineRun } from "../run-engine.ts";
import { plain } from "../terminal.ts";

/** Everything that is known of a change before it is merged. */
export interface Review {
  readonly model: string;
  readonly stack: string;
  /** What it means, a sentence each. */
  readonly changes: readonly string[];
  readonly diff: string;
  readonly findings: readonly RuleFinding[];
  /** Absent where the platform starts nothing from here, or the change brings no version to be tried out. */
  readonly checked?: CheckedVersion;
  readonly preview: Pick<EngineRun, "code" | "errors" | "steps">;
  readonly consumers: readonly Consumer[];
}

/** What speaks against merging it, a sentence each; empty when nothing does. */
export const objectionsTo = ({ findings, checked, preview }: Review): readonly string[] => [
  ...findings.map(({ rule }) => `the rule ${rule} refuses it`),
  ...(checked === undefined || failuresIn(checked).length === 0 ? [] : [`${checked.version} fails its checks`]),
  ...(preview.code === 0 ? [] : ["the engine cannot plan it"]),
];

/** A change for the people who review it, in the Markdown of pull requests. */
export function renderReview(review: Review): string {
  const { model, stack, changes, diff, findings, checked, preview, consumers } = review;
  const objections = objectionsTo(review);
  const verdict = objections.length === 0 ? "✅ nothing speaks against it" : `❌ ${objections.join("; ")}`;
  return [
    `## ${model} on ${stack}`,
    verdict,
    changes.length === 0 ? "The release does not change." : changes.map((change) => `- ${change}`).join("\n"),
    ...(diff === "" ? [] : [folded("The release", block("diff", diff))]),
    folded("The engine's plan", renderPlan(preview)),
    folded("Rules", findings.length === 0 ? "All hold." : block("text", findings.map(renderRuleFinding).join("\n\n"))),
    ...(checked === undefined
      ? []
      : [folded(`${checked.version}, tried out`, block("text", renderCheck(checked, consumers, plain)))]),
    "",
  ].join("\n\n");
}

function renderPlan({ code, errors, steps }: Review["preview"]): string {
  if (code !== 0) return block("text", errors.join("\n") || `The engine ended with ${code}.`);
  if (steps.length === 0) return "Nothing changes.";
  const rows = steps.map(({ op, type, name }) => `| ${op} | \`${type.split(":").at(-1)}\` | \`${name}\` |`);
  return ["| step | resource | name |", "|---|---|---|", ...rows].join("\n");
}

const folded = (title: string, body: string): string => `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;

/** A fence is longer than any within. */
function block(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
