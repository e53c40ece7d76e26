import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { METHOD } from "../../../components/analysis/index.ts";
import {
  type EvidenceDocument,
  judgeAgain,
  renderDocument,
  renderPicture,
} from "../../../components/evidence/index.ts";
import { planTraffic } from "../../../components/lifecycle/index.ts";
import { openStateFolder } from "../../../components/platforms/local/state-folder/folder.ts";
import { parseRelease } from "../../../components/release/index.ts";
import { exampleDocument } from "../../evidence/example.ts";
import { withValue } from "../../evidence/leaves.ts";
import { type CommandLine, createCommandLine, jsonOf } from "./command-line.ts";
import { startFakeGateway, statusOf } from "./fake-gateway.ts";
import { readYaml } from "./read-yaml.ts";

const document = exampleDocument({ fails: true });
const ID = "2026-11-24T04-05-00.000Z-abcdef";

/** The files of an endpoint whose gateway is gone, with one rollout that it has ended. */
function writeEnding(line: CommandLine, endpoint = "approval"): void {
  openStateFolder(line.stateFolder);
  const folder = join(line.stateFolder, "gateways", endpoint);
  mkdirSync(join(folder, "history"), { recursive: true });
  const claim = { pid: 1, startTime: "0", instance: "i", port: 1, adminPort: 1 };
  writeFileSync(join(folder, "gateway.json"), JSON.stringify(claim));
  writeFileSync(join(folder, "admin.token"), "t");
  const { identity, model, stable, candidate } = document.rollout;
  const { settings } = document;
  const verdict = judgeAgain(document);
  const ending = {
    ...{ format: 1, how: "stopped", model, identity, attempt: "1", stable, candidate, serving: stable, contents: {} },
    ...{ from: "2026-11-24T03:00:00.000Z", to: "2026-11-24T04:05:00.000Z", cause: "guard:errorRate" },
    ...{ reason: "errorRate is worse than its margin allows", question: "q", settings, method: METHOD, verdict },
  };
  writeFileSync(join(folder, "history", `${ID}.json`), JSON.stringify(ending));
  const lines = document.intervals.map((live) => `${JSON.stringify({ question: "q", live })}\n`);
  writeFileSync(join(folder, "history", `${ID}.intervals.jsonl`), lines.join(""));
}

test("a rollout that has ended is written as a document that verifies, and as its picture, without a gateway", async () => {
  await using line = await createCommandLine();
  writeEnding(line);
  const run = await line.run("evidence", "approval", "--id", ID, "--out", "v2.json", "--svg", "v2.svg");
  expect(run).toMatchObject({ code: 0, stdout: "✓ v2.json\n✓ v2.svg\n" });
  const written = JSON.parse(line.read("v2.json")) as EvidenceDocument;
  expect(written).toMatchObject({
    rollout: { how: "stopped", candidate: "v2", id: ID },
    intervals: document.intervals,
  });
  expect(line.read("v2.svg")).toBe(renderPicture(written));
  const verified = await line.run("evidence", "verify", "v2.json", "--json");
  expect(jsonOf(verified)).toMatchObject({
    command: "evidence",
    exitCode: 0,
    same: true,
    file: "v2.json",
    problems: [],
  });
});

test("a rollout that runs is a document with what is known of it, and the verdict so far", async () => {
  await using line = await createCommandLine({ rollout: ["candidate: v2", 'weight: "50%"'] });
  openStateFolder(line.stateFolder);
  const plan = planTraffic(
    parseRelease(readYaml(line.read(line.configuration), ["config", "model-lifecycle:release"])),
  );
  const { settings, intervals } = document;
  const verdict = judgeAgain(document);
  const { identity } = plan.rollout;
  const evidence = { identity, settings, method: METHOD, verdict, intervals, copies: [] };
  await using _gateway = await startFakeGateway(line.stateFolder, {
    status: statusOf(plan),
    watch: () => "",
    evidence,
  });
  const facts = jsonOf(await line.run("evidence", "--json"));
  const rollout = { identity, attempt: "1", model: "approval", stable: "v1", candidate: "v2" };
  expect(facts).toMatchObject({
    exitCode: 0,
    stack: "dev",
    endpoint: "approval",
    document: { rollout, verdict: document.verdict, intervals },
  });
  expect(facts).not.toHaveProperty("document.rollout.how");
});

test("where nothing is judged there is no evidence, and that is said", async () => {
  await using line = await createCommandLine();
  openStateFolder(line.stateFolder);
  const plan = planTraffic(
    parseRelease(readYaml(line.read(line.configuration), ["config", "model-lifecycle:release"])),
  );
  const evidence = { identity: "", intervals: [], copies: [] };
  await using _gateway = await startFakeGateway(line.stateFolder, {
    status: statusOf(plan),
    watch: () => "",
    evidence,
  });
  const run = await line.run("evidence");
  expect(run).toMatchObject({ code: 1, stdout: "" });
  expect(run.stderr).toContain("There is no evidence: ");
});

test("without a file to write, the document is what is printed", async () => {
  await using line = await createCommandLine();
  writeEnding(line);
  const { code, stdout } = await line.run("evidence", "--id", ID);
  expect(code).toBe(0);
  line.write("printed.json", stdout);
  expect(await line.run("evidence", "verify", "printed.json")).toMatchObject({ code: 0 });
  const facts = jsonOf(await line.run("evidence", "--id", ID, "--json"));
  expect(facts).toMatchObject({ endpoint: "approval", document: JSON.parse(stdout), out: null, svg: null });
});

describe("verify needs a file and nothing else: no project, no stack, no engine", () => {
  test("the same ends with 0, and names every field", async () => {
    await using line = await createCommandLine();
    line.write("elsewhere/v2.json", renderDocument(document));
    line.write("Pulumi.yaml", "{ this is no project");
    const { code, stdout } = await line.run("evidence", "verify", "elsewhere/v2.json");
    expect(code).toBe(0);
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^✓ hash {2,}sha256:[0-9a-f]{64}$/);
    expect(lines[1]).toMatch(/^✓ verdict {2,}rollback$/);
    for (const field of ["culprit", "combined", "guards.errorRate.rollback", "guards.latency.promote"]) {
      expect(stdout).toMatch(new RegExp(`^✓ ${field} {2,}\\{`, "m"));
    }
    expect(stdout).toMatch(/\nThe same: 65 intervals, judged again with method \d+\.\n$/);
  });

  test("another verdict ends with 1, and says what comes out instead", async () => {
    await using line = await createCommandLine();
    line.write("v2.json", renderDocument(withValue(document, ["verdict", "verdict"], "promote")));
    const run = await line.run("evidence", "verify", "v2.json");
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/^✗ verdict +promote\n +recomputed: rollback$/m);
    expect(run.stdout).toMatch(/Not the same: 1 of \d+ fields differ/);
    expect(jsonOf(await line.run("evidence", "verify", "v2.json", "--json"))).toMatchObject({
      exitCode: 1,
      same: false,
    });
  });

  test("a damaged document ends with 2 and all its problems, and nothing is drawn of it", async () => {
    await using line = await createCommandLine();
    const once = withValue(document, ["intervals", 3, "counts", "errorRate", "n0"], -1);
    line.write("v2.json", renderDocument(withValue(once, ["method"], 1)));
    const run = await line.run("evidence", "verify", "v2.json", "--svg", "v2.svg", "--json");
    expect(run.code).toBe(2);
    expect(jsonOf(run)).toMatchObject({
      exitCode: 2,
      problems: [
        {
          path: "evidence.method",
          seen: "1 (a number)",
          cure: expect.stringContaining("the version of pulumi-model-lifecycle"),
        },
        { path: "evidence.intervals[3].counts.errorRate.n0", seen: "-1 (a number)" },
      ],
    });
    expect(run.stderr).toMatch(/^v2\.json has 2 problems, and was not judged\./);
    expect(existsSync(join(line.root, "v2.svg"))).toBe(false);
  });

  test("a file with a problem in each interval shows a dozen of them, and counts the others", async () => {
    await using line = await createCommandLine();
    const intervals = document.intervals.map((interval) => ({ ...interval, seconds: -1 }));
    line.write("v2.json", renderDocument({ ...document, intervals }));
    const { code, stderr } = await line.run("evidence", "verify", "v2.json");
    expect(code).toBe(2);
    expect(stderr.match(/seen:/g)).toHaveLength(12);
    expect(stderr).toContain("and 53 more (--json has all)");
  });
});

const wrong: readonly { readonly args: readonly string[]; readonly says: string }[] = [
  { args: ["verify"], says: "Saw no file; allowed is: mlc evidence verify FILE [--svg FILE]." },
  { args: ["verify", "v2.json", "--out", "x"], says: "Saw --out; allowed is: mlc evidence verify FILE" },
  { args: ["approval", "v2.json"], says: 'Saw "approval v2.json"; allowed is an endpoint, or: verify FILE.' },
  { args: ["nobody"], says: "No endpoint nobody. There are: approval, other." },
  { args: [], says: "Which endpoint? There are: approval, other. Name one: mlc evidence ENDPOINT" },
  { args: ["approval", "--id", "x"], says: "No record x; `mlc history` lists them." },
];

test.each(wrong)("mlc evidence $args ends with 2 and says why", async ({ args, says }) => {
  await using line = await createCommandLine();
  writeEnding(line);
  writeEnding(line, "other");
  const run = await line.run("evidence", ...args);
  expect(run.stderr).toContain(says);
  expect(run.code).toBe(2);
});

test("a gateway that does not answer is said so, with what is there without it", async () => {
  await using line = await createCommandLine();
  writeEnding(line);
  const run = await line.run("evidence", "approval");
  expect(run.code).toBe(1);
  expect(run.stderr).toContain("approval does not tell its evidence (");
  expect(run.stderr).toContain("mlc evidence --id ID");
});

test("a file that is not there is said so", async () => {
  await using line = await createCommandLine();
  const run = await line.run("evidence", "verify", "v9.json");
  expect(run.code).toBe(1);
  expect(run.stderr).toContain("v9.json");
  expect(run.stderr).not.toContain("Unexpected");
});

test("verify, endpoints, records and options complete", async () => {
  await using line = await createCommandLine();
  writeEnding(line);
  const found = async (...words: string[]) =>
    (await line.run("complete", "--", "evidence", ...words)).stdout.split("\n").filter(Boolean);
  expect(await found("ver")).toEqual(["verify"]);
  expect(await found("app")).toEqual(["approval"]);
  expect(await found("--id", "2026")).toEqual([ID]);
  expect(await found("--s")).toEqual(["--stack", "--svg"]);
  line.write("Pulumi.yaml", "{ this is no project");
  expect(await found("")).toContain("verify");
});
