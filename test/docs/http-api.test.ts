import { spawn } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hashDirectory } from "../../components/sources/index.ts";
import { starterModel } from "../../stacks/cli/starters/local.ts";
import { createProject, type Project, repository } from "../support/project.ts";

// Every example of docs/http-api.md, as a reader would run them: in one shell, in their order, against a real gateway.

interface Example {
  readonly command: string;
  /** What is shown below it; `…` stands for anything within a line. */
  readonly shown: string;
}

/** The commands of the page, each with what it shows; the first says where things are. */
function examplesOf(page: string): readonly Example[] {
  const blocks = [...page.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language, text = ""]) => ({
    language,
    text,
  }));
  return blocks.flatMap(({ language, text }, index) => {
    if (language !== "sh") return [];
    const next = blocks[index + 1];
    return [{ command: text, shown: next?.language === "" ? next.text : "" }];
  });
}

const file = path.join(repository, "docs/http-api.md");
const examples = examplesOf(readFileSync(file, "utf8"));
const MARK = "---- the next example ----";

let project: Project;
let shown: readonly string[];

beforeAll(async () => {
  project = await createProject();
  for (const [name, content] of Object.entries(starterModel)) project.write(name, content);
  const versions: Record<string, unknown> = {};
  for (const [name, intercept] of [
    ["v1", -0.5],
    ["v2", -0.45],
    ["v3", -0.4],
  ] as const) {
    const folder = path.join(project.dir, "models", name);
    if (name !== "v1") cpSync(path.join(project.dir, "models/v1"), folder, { recursive: true });
    const weights = JSON.parse(readFileSync(path.join(folder, "weights.json"), "utf8"));
    writeFileSync(path.join(folder, "weights.json"), JSON.stringify({ ...weights, intercept }));
    versions[name] = { source: { kind: "path", path: `models/${name}`, sha256: await hashDirectory(folder) } };
  }
  const guards = [{ metric: "repaid", margin: "5pp", direction: "decrease" }];
  project.configure({
    model: { name: "approval", owner: "risk", riskTier: "low" },
    platform: { kind: "local" },
    versions,
    rollout: { stable: "v1", candidate: "v2", weight: "50%", steps: ["50%"], guards },
    retirement: { v3: { phase: "deprecated", sunset: "2035-05-31T00:00:00Z", successor: "v1" } },
  });
  const up = await project.up("--skip-preview");
  expect(up.code, up.output).toBe(0);
  const { url } = await project.outputs();
  const script = [
    'pulumi() { echo "$ENDPOINT"; }',
    `npx() { shift; ${process.execPath} ${path.join(repository, "dist/stacks/cli/mlc.js")} "$@"; }`,
    ...examples.map(({ command }) => `${command}\necho "${MARK}"`),
  ].join("\n");
  const output = await shell(script, { ...project.env, ENDPOINT: String(url), PULUMI_STACK: "dev" });
  shown = output.split(`${MARK}\n`).slice(0, -1);
}, 180_000);
afterAll(() => project?.[Symbol.asyncDispose]());

function shell(script: string, env: NodeJS.ProcessEnv): Promise<string> {
  const child = spawn("bash", ["-uc", script], { cwd: project.dir, env, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => child.on("error", reject).on("close", () => resolve(output)));
}

const pattern = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split("…")
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join("[^\\n]*")}$`,
  );

test("every example was run", () => {
  expect(examples.length).toBeGreaterThan(9);
  expect(shown).toHaveLength(examples.length);
});

test.each(examples.map((each, index) => [index, each.command.split("\n")[0], each.shown] as const))(
  "example %i shows what the page says: %s",
  (index, _, expected) => {
    expect((shown[index] ?? "").replaceAll("\r", "").trimEnd()).toMatch(pattern(expected.trimEnd()));
  },
);
