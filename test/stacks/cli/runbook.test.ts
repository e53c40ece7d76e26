import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseRelease, type Release } from "../../../components/release/index.ts";
import { renderRunbook } from "../../../stacks/cli/runbook/render-runbook.ts";
import { type CommandLine, createCommandLine, jsonOf } from "./command-line.ts";

const version = (digit: string) => ({
  source: { kind: "path" as const, path: `models/v${digit}`, sha256: digit.repeat(64) },
});
const guards = [
  { metric: "errorRate", margin: "0.5pp" },
  { metric: "approvalRate", margin: "2pp", direction: "decrease", importance: "critical" },
] as const;
const pageOf = (rollout: Partial<Release["rollout"]> = {}, changes: Partial<Release> = {}): string =>
  renderRunbook({
    ...{ stack: "prod", file: "Pulumi.prod.yaml", guards: rollout.guards ?? guards },
    sources: { v1: "models/v1", v2: "models/v2", v3: "models/v3" },
    release: parseRelease({
      model: { name: "approval", owner: "risk | fraud", riskTier: "high", notice: "1 day" },
      platform: { kind: "local" },
      versions: { v1: version("1"), v2: version("2"), v3: version("3") },
      rollout: { stable: "v1", guards, ...rollout },
      ...changes,
    }),
  });

describe("a runbook", () => {
  test("says who answers, and how one gets back", () => {
    const page = pageOf();
    expect(page).toMatch(/^# Runbook: approval \(prod\)\n\nWritten by `mlc runbook` from Pulumi\.prod\.yaml\./);
    expect(page).toContain("| Who answers for it | risk \\| fraud |");
    expect(page).toContain('mlc rollback --stack prod --reason "what you saw"');
  });

  test.each<[string, Partial<Release["rollout"]>, string]>([
    [
      "on trial",
      { candidate: "v2", weight: "50%" },
      "**v2** is on trial: it gets nothing then, and **v1** answers everybody",
    ],
    [
      "after a promotion",
      { stable: "v2", previous: "v1" },
      "everybody gets **v1** then, which is warm, in place of **v2**",
    ],
    ["with one version", {}, "there is nothing to go back to: **v1** serves alone"],
  ])("tells what a rollback does: %s", (_what, rollout, said) => {
    expect(pageOf(rollout)).toContain(said);
  });

  test("names every version with what it is, its content and its source", () => {
    const page = pageOf(
      { stable: "v2", previous: "v1", candidate: "v3", weight: "25%" },
      { retirement: { v1: { phase: "deprecated", sunset: "2035-05-31T00:00:00Z", successor: "v2" } } },
    );
    expect(page).toContain("| v2 | serves | `222222222222` | models/v2 |");
    expect(page).toContain("| v1 | served before, warm, deprecated, sunset 2035-05-31 | `111111111111` | models/v1 |");
    expect(page).toContain("| v3 | on trial, up to 25% | `333333333333` | models/v3 |");
    expect(page).toContain("| v1 | deprecated | 2035-05-31T00:00:00Z | v2 | nobody |");
  });

  test("names whom it hurts, or that nobody knows", () => {
    expect(pageOf()).toContain("Nobody is listed under `consumers`");
    const consumers = [{ name: "checkout", contact: "#checkout", versions: ["v1"] }];
    expect(pageOf({}, { consumers })).toContain("| checkout | #checkout | v1 |");
  });

  test("says what watches a candidate, and what does not", () => {
    expect(pageOf()).toContain("| approvalRate | 2pp, decrease | critical |");
    expect(pageOf()).toContain(
      "Steps: 5%, then 25%, then 50%, then 100%; on evidence. Without a decision after 24 h the share stays.",
    );
    expect(pageOf({ guards: [] })).toContain("**Nothing**: no guard is configured");
  });
});

describe("mlc runbook", () => {
  let project: CommandLine;
  beforeAll(async () => {
    project = await createCommandLine();
  });
  afterAll(() => project[Symbol.asyncDispose]());

  test("writes the same page twice, to the terminal or to a file", async () => {
    const said = await project.run("runbook");
    expect(said.code).toBe(0);
    const { page, out } = jsonOf(await project.run("runbook", "--out", "RUNBOOK.md", "--json"));
    expect(out).toBe("RUNBOOK.md");
    expect(project.read("RUNBOOK.md")).toBe(page);
    expect(said.stdout).toBe(page);
  });

  test("writes nothing from a release that is not valid", async () => {
    const before = project.read(project.configuration);
    project.write(project.configuration, before.replace("stable: v1", "stable: v7"));
    const { code, stderr } = await project.run("runbook", "--out", "NEW.md");
    project.write(project.configuration, before);
    expect(code).toBe(2);
    expect(stderr).toContain("model-lifecycle:release.rollout.stable");
    expect(() => project.read("NEW.md")).toThrow("ENOENT");
  });
});
