import { type Capabilities, capabilityKeys, capabilityTable } from "./index.ts";

/** What each platform can do, as a Markdown page. @param platforms the answers by the platform's kind */
export function renderPlatformsPage(platforms: Readonly<Record<string, Capabilities>>): string {
  const kinds = Object.keys(platforms);
  return [
    "# Platforms",
    "",
    "<!-- Written from components/capabilities. To write it again: npx vitest run test/conformance -u -->",
    "",
    "What serves a model answers these questions, and nothing else is asked which platform it is. What a release asks and its",
    "platform cannot do is refused in preview, all of it at once, with the path in the configuration, what is allowed there",
    "and what to write instead. Whoever writes a platform gives the answers as `capabilities`, of the type `Capabilities` from",
    "`pulumi-model-lifecycle/platforms`.",
    "",
    "## What each can do",
    "",
    row(["", ...kinds]),
    row(["---", ...kinds.map(() => "---")]),
    ...capabilityKeys.map((key) =>
      row([`\`${key}\``, ...Object.values(platforms).map((answers) => describe(key, answers))]),
    ),
    "",
    "## What the answers mean",
    "",
    row(["", "Meaning", "Refused because of it"]),
    row(["---", "---", "---"]),
    ...capabilityKeys.map((key) => row([`\`${key}\``, capabilityTable[key].means, capabilityTable[key].refuses])),
    "",
  ].join("\n");
}

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

const describe = <Key extends keyof Capabilities>(key: Key, answers: Capabilities): string =>
  capabilityTable[key].describe(answers[key]);
