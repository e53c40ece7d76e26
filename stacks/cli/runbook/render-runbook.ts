import type { Consumer, Release, ResolvedRelease } from "../../../components/release/index.ts";
import { renderPercent } from "../../../components/release/units.ts";
import { renderSeconds } from "../render-time.ts";

/** What a runbook is written from: the configuration alone, so that the same configuration is the same page. */
export interface RunbookFacts {
  readonly stack: string;
  /** The stack's file as people call it: `Pulumi.prod.yaml`. */
  readonly file: string;
  readonly release: ResolvedRelease;
  /** The guards as they are written. */
  readonly guards: NonNullable<Release["rollout"]["guards"]>;
  /** Where each version's content comes from, by version. */
  readonly sources: Readonly<Record<string, string>>;
}

/** A page for the person on call: who answers, what serves, how back, and whom it hurts. */
export function renderRunbook(facts: RunbookFacts): string {
  const { stack, file, release } = facts;
  const { model, platform } = release;
  return `${[
    `# Runbook: ${model.name} (${stack})`,
    `Written by \`mlc runbook\` from ${file}. It says what the configuration asks for; \`mlc status --stack ${stack}\` says what is so now. Write it again when the configuration has changed.`,
    table(
      ["", ""],
      [
        ["Who answers for it", model.owner],
        ...(model.task === undefined ? [] : [["What it does", model.task]]),
        ["Harm of a bad prediction", `${model.riskTier} risk`],
        ["Where it serves", platform.kind],
      ],
    ),
    "## Get back",
    `\`\`\`sh\nmlc rollback --stack ${stack} --reason "what you saw"\n\`\`\``,
    wayBack(release),
    "Nothing is asked, nothing can refuse it, and twice is once: the traffic first, then the configuration, then the stack. It needs neither the stack's file nor an engine to set the traffic. Commit the changed file afterwards.",
    "## What is asked for",
    table(["version", "what it is", "content", "where from"], versionRows(facts)),
    "## Whom it hurts",
    consumersOf(release.consumers),
    "## What watches a candidate",
    watching(facts),
    ...(Object.keys(release.retirement).length === 0 ? [] : ["## On the way out", retirementOf(release)]),
    "## Nothing answers, or something is odd",
    `\`\`\`sh\nmlc status --stack ${stack}\nmlc doctor --stack ${stack}\npulumi up --stack ${stack}\n\`\`\``,
    `Doctor names what is in the way and how it is put right. \`pulumi up\` may be run at any time: it looks at what really runs and starts what is missing; after one that was killed, \`pulumi cancel --stack ${stack}\` first. ${alerts(release)}`,
  ].join("\n\n")}\n`;
}

function wayBack({ rollout: { stable, candidate, previous } }: ResolvedRelease): string {
  if (candidate !== undefined) {
    return `As configured, **${candidate}** is on trial: it gets nothing then, and **${stable}** answers everybody. ${candidate} stays deployed.`;
  }
  if (previous !== undefined) {
    return `As configured, no version is on trial: everybody gets **${previous}** then, which is warm, in place of **${stable}**.`;
  }
  return `As configured, there is nothing to go back to: **${stable}** serves alone and no version served before it. The command says so and changes nothing.`;
}

function versionRows({ release, sources }: RunbookFacts): readonly (readonly string[])[] {
  return Object.entries(release.versions).map(([version, { source }]) => [
    version,
    rolesOf(release, version).join(", ") || "deployed",
    `\`${source.content.slice(0, 12)}\``,
    sources[version] ?? source.kind,
  ]);
}

function rolesOf({ rollout, retirement }: ResolvedRelease, version: string): readonly string[] {
  const { stable, candidate, previous, weight } = rollout;
  const notice = retirement[version];
  const target = weight?.kind === "weight" ? `, up to ${renderPercent(weight.weight)}` : ", copies alone";
  return [
    ...(version === stable ? ["serves"] : []),
    ...(version === stable && rollout.override !== undefined ? [`by an override: ${rollout.override}`] : []),
    ...(version === candidate ? [`on trial${target}`] : []),
    ...(version === previous ? ["served before, warm"] : []),
    ...(notice === undefined ? [] : [`${notice.phase}, sunset ${notice.sunset.slice(0, 10)}`]),
  ];
}

const consumersOf = (consumers: readonly Consumer[]): string =>
  consumers.length === 0
    ? "Nobody is listed under `consumers` of the release. Who calls the model is not known here: list them, or a version is retired under somebody."
    : table(
        ["who calls", "whom to tell", "versions by name"],
        consumers.map(({ name, contact, versions }) => [name, contact, versions.join(", ") || "none: what serves"]),
      );

function watching({ release: { rollout }, guards }: RunbookFacts): string {
  const climb = rollout.steps
    .map((step) => (step.kind === "shadow" ? "copies" : renderPercent(step.weight)))
    .join(", then ");
  const how = rollout.advance === "automatic" ? "on evidence" : "by an edit each";
  const inconclusive = { hold: "the share stays", rollback: "the candidate is taken out", promote: "it goes on" };
  const terms = `Steps: ${climb}; ${how}. Without a decision after ${renderSeconds(rollout.maxDurationMs / 1000)} ${inconclusive[rollout.onInconclusive]}.`;
  if (guards.length === 0)
    return `**Nothing**: no guard is configured, so a bad candidate is found by people alone. ${terms}`;
  return [
    table(
      ["metric", "how much worse is tolerated", "weighs"],
      guards.map(({ metric, margin, direction, importance = "normal" }) => [
        metric,
        direction === undefined ? margin : `${margin}, ${direction}`,
        importance,
      ]),
    ),
    `A guard that finds harm takes all traffic from the candidate at once, and the same content does not come back without another \`attempt\`. ${terms}`,
  ].join("\n\n");
}

const retirementOf = ({ retirement, consumers }: ResolvedRelease): string =>
  table(
    ["version", "phase", "stops answering", "use instead", "still listed as callers"],
    Object.entries(retirement).map(([version, { phase, sunset, successor }]) => [
      version,
      phase,
      sunset,
      successor,
      consumers
        .filter(({ versions }) => versions.includes(version))
        .map(({ name }) => name)
        .join(", ") || "nobody",
    ]),
  );

const alerts = ({ monitor }: ResolvedRelease): string =>
  monitor === undefined
    ? "No monitor is configured: nobody is woken."
    : "What each alert means and what to do stands in docs/runbooks.md of the library.";

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
