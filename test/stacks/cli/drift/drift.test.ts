import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { seeded } from "../../../analysis/random-traffic.ts";
import { type CommandLine, createCommandLine, jsonOf } from "../command-line.ts";

/** Rows of loans: `more` moves the amounts, `wrong` is the share of wrong scores, `known` that of labels that have come. */
function loans(seed: number, rows: number, { more = 0, wrong = 0.1, known = 1 } = {}): string {
  const random = seeded(seed);
  const lines = Array.from({ length: rows }, () => {
    const repaid = random() < 0.6 ? "yes" : "no";
    const score = random() < wrong === (repaid === "yes") ? "no" : "yes";
    const amount = 1000 * (random() + random() + random() + more);
    return [amount.toFixed(2), random() < 0.3 ? "north" : "south", score, random() < known ? repaid : ""].join(",");
  });
  return ["amount,region,score,repaid", ...lines, ""].join("\n");
}

async function createFiles(files: Readonly<Record<string, string>>): Promise<CommandLine> {
  const line = await createCommandLine();
  for (const [name, content] of Object.entries(files)) line.write(name, content);
  return line;
}

const performance = ["--prediction", "score", "--label", "repaid"] as const;

describe("mlc drift", () => {
  test("ends with 0 where nothing has drifted and with 5 where something has, and says what", async () => {
    await using line = await createFiles({
      "ref.csv": loans(1, 3000),
      "same.csv": loans(2, 2000),
      "moved.csv": loans(3, 2000, { more: 0.3 }),
    });
    const same = await line.run("drift", "same.csv", "--reference", "ref.csv");
    expect(same).toMatchObject({ code: 0, stderr: "" });
    expect(same.stdout).toContain("No drift in 4 features.");
    const moved = await line.run("drift", "moved.csv", "--reference", "ref.csv");
    expect(moved.code).toBe(5);
    expect(moved.stdout).toContain("1 of 4 features has drifted: amount.");
    expect(moved.stdout).toMatch(/^✗ amount {3}shift \(sd\) +0\.\d{3} +0\.1 +0\.25 +< 0\.0001 +alarm$/m);
  });

  test("--json prints one object with every finding, the files and their hashes", async () => {
    await using line = await createFiles({ "ref.csv": loans(1, 3000), "moved.csv": loans(3, 2000, { more: 0.3 }) });
    const facts = jsonOf(await line.run("drift", "moved.csv", "--reference", "ref.csv", "--json"));
    expect(facts).toMatchObject({
      command: "drift",
      exitCode: 5,
      drifted: true,
      drifting: ["amount"],
      reference: { path: "ref.csv", rows: 3000, content: expect.stringMatching(/^[0-9a-f]{64}$/) },
      performance: null,
      history: null,
      written: [],
    });
    expect(facts.features).toContainEqual(
      expect.objectContaining({
        feature: "amount",
        kind: "number",
        level: "alarm",
        findings: expect.arrayContaining([expect.objectContaining({ measure: "wasserstein", level: "alarm" })]),
      }),
    );
    expect(JSON.stringify(facts)).not.toContain('"before"');
  });

  test("performance is judged as labels arrive: too few, steady, drifted", async () => {
    await using line = await createFiles({
      "ref.csv": loans(1, 3000),
      "early.csv": loans(4, 2000, { known: 0.02 }),
      "later.csv": loans(4, 2000, { known: 0.9 }),
      "worse.csv": loans(5, 2000, { known: 0.9, wrong: 0.2 }),
    });
    const run = (file: string) => line.run("drift", file, "--reference", "ref.csv", ...performance);
    const early = await run("early.csv");
    expect(early).toMatchObject({ code: 0 });
    expect(early.stdout).toMatch(/Too few labels to say anything of the performance: \d\d of about \d{3}\./);
    const later = await run("later.csv");
    expect(later).toMatchObject({ code: 0 });
    expect(later.stdout).toContain("Performance is steady. wrong answers: ");
    const worse = await run("worse.csv");
    expect(worse).toMatchObject({ code: 5 });
    expect(worse.stdout).toContain("Performance has drifted (e-value, p < 0.0001");
  });

  test("--out writes a page, the facts and metrics, and nothing besides", async () => {
    await using line = await createFiles({ "ref.csv": loans(1, 3000), "moved.csv": loans(3, 2000, { more: 0.3 }) });
    const run = await line.run("drift", "moved.csv", "--reference", "ref.csv", ...performance, "--out", "out/deep");
    expect(run.code).toBe(5);
    expect(readdirSync(join(line.root, "out/deep")).toSorted()).toEqual(["drift.html", "drift.json", "drift.prom"]);
    expect(JSON.parse(line.read("out/deep/drift.json"))).toMatchObject({ drifted: true });
    expect(line.read("out/deep/drift.prom")).toContain('model_drift_feature_drifting{feature="amount"} 1\n');
    expect(line.read("out/deep/drift.html").match(/<svg /g)).toHaveLength(3);
  });

  test("a reference with another content than its pin is refused", async () => {
    await using line = await createFiles({ "ref.csv": loans(1, 300), "now.csv": loans(2, 300) });
    const { reference } = jsonOf(await line.run("drift", "now.csv", "--reference", "ref.csv", "--json")) as {
      readonly reference: { readonly content: string };
    };
    const pinned = (pin: string) => line.run("drift", "now.csv", "--reference", "ref.csv", "--pin", pin);
    expect(await pinned(reference.content)).toMatchObject({ code: 0 });
    const refused = await pinned("0".repeat(64));
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain(`seen:    sha256 ${reference.content}`);
  });
});

describe("with a history", () => {
  test("drift begins with the third loud period of five, a period counts once, and a new reference is refused", async () => {
    const periods = Object.fromEntries([1, 2, 3].map((day) => [`${day}.csv`, loans(day, 1500, { more: 0.3 })]));
    await using line = await createFiles({ "ref.csv": loans(11, 3000), "other.csv": loans(12, 3000), ...periods });
    const run = (file: string, reference = "ref.csv") =>
      line.run("drift", file, "--reference", reference, ...performance, "--history", "history.json");
    expect(await run("1.csv")).toMatchObject({ code: 0 });
    expect(await run("2.csv")).toMatchObject({ code: 0 });
    const again = await run("2.csv");
    expect(again).toMatchObject({ code: 0 });
    expect(again.stdout).toContain("after 2 periods; this one was counted before, and counts once");
    const third = await run("3.csv");
    expect(third).toMatchObject({ code: 5 });
    expect(third.stdout).toContain("1 of 3 features drifts, after 3 periods: amount.");
    expect(third.stdout).toContain("in 4500 labelled rows");
    const other = await run("3.csv", "other.csv");
    expect(other).toMatchObject({ code: 2 });
    expect(other.stderr).toContain("a new reference begins a new history");
  });

  test("a file that is no history stays as it is", async () => {
    await using line = await createFiles({ "ref.csv": loans(1, 300), "now.csv": loans(2, 300), "h.json": '{"a":1}' });
    const run = await line.run("drift", "now.csv", "--reference", "ref.csv", "--history", "h.json");
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("a file that mlc drift wrote, or none");
    expect(line.read("h.json")).toBe('{"a":1}');
  });
});

describe("bad input", () => {
  test("every problem of both files is told at once", async () => {
    await using line = await createFiles({
      "ref.csv": "amount,age,region,old\n1,30,a,x\n2,40,b,y\n3,50,a,z\n",
      "now.csv": "amount,age,region,new\nmuch,30,a,1\n2,1e300,b,1\n",
    });
    const run = await line.run(
      "drift",
      "now.csv",
      "--reference",
      "ref.csv",
      "--ignore",
      "nothing",
      "--pin",
      "1",
      "--json",
    );
    const { problems } = jsonOf(run) as {
      readonly problems: readonly { readonly path: string; readonly seen: string }[];
    };
    expect(run.code).toBe(2);
    expect(problems.map(({ path, seen }) => [path, seen])).toEqual([
      ["ref.csv", expect.stringContaining("sha256 ")],
      ['now.csv column "amount"', '"much" in row 1'],
      ['now.csv column "age"', '"1e300" in row 2'],
      ['now.csv column "old"', "nothing"],
      ["--category, --ignore", '"nothing"'],
    ]);
  });

  test("both files are looked at when both cannot be read", async () => {
    await using line = await createFiles({ "empty.csv": "", "odd.jsonl": "[]\n" });
    const run = await line.run("drift", "odd.jsonl", "--reference", "empty.csv");
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("The comparison has 2 problems.");
    expect(run.stderr).toContain("no rows");
    expect(run.stderr).toContain("odd.jsonl line 1");
  });

  test("a column that is mostly numbers is one of numbers, unless it is said to be names", async () => {
    await using line = await createFiles({ "ref.csv": "code\n1\n2\nx\n", "now.csv": "code\n1\n2\n2\n" });
    const run = (...more: readonly string[]) => line.run("drift", "now.csv", "--reference", "ref.csv", ...more);
    expect((await run()).stderr).toContain(`compare the column as categories: --category "code"`);
    expect(await run("--category", "code")).toMatchObject({ code: 0 });
  });

  test.each([
    { args: ["--label", "repaid"], says: "--prediction has to say" },
    { args: ["--alpha", "5%"], says: '--alpha: seen "5%"' },
    { args: ["--prediction", "x"], says: '"amount", "region", "score", "repaid"' },
    { args: ["--prediction", "amount", "--label", "repaid"], says: "two columns of one kind" },
    { args: ["--prediction", "score", "--label", "repaid", "--ignore", "repaid"], says: "not ignored" },
  ])("$args is refused", async ({ args, says }) => {
    await using line = await createFiles({ "ref.csv": loans(1, 50), "now.csv": loans(2, 50) });
    const run = await line.run("drift", "now.csv", "--reference", "ref.csv", ...args);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain(says);
  });

  test("a reference without labels cannot say how good the version was", async () => {
    await using line = await createFiles({ "ref.csv": loans(1, 50, { known: 0 }), "now.csv": loans(2, 50) });
    const run = await line.run("drift", "now.csv", "--reference", "ref.csv", ...performance);
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("a reference whose labels are known");
  });
});

describe("hostile names", () => {
  const hostile = [
    `<script>alert(1)</script>`,
    `"><img src=x onerror=alert(1)>`,
    "\u001b[2Jclear",
    "a\\b\nc",
    "__proto__",
  ];
  const quoted = hostile.map((name) => `"${name.replaceAll('"', '""')}"`).join(",");
  const table = `${quoted}\n${Array.from({ length: 60 }, (_, i) => hostile.map((name) => (i % 3 ? "x" : `"${name.replaceAll('"', '""')}"`)).join(",")).join("\n")}\n`;

  test("are no markup on the page, no commands to the terminal, and labels that Prometheus reads", async () => {
    await using line = await createFiles({ "ref.csv": table, "now.csv": table });
    const run = await line.run("drift", "now.csv", "--reference", "ref.csv", "--out", "out");
    expect(run.code).toBe(0);
    expect(run.stdout).not.toContain("\u001b");
    expect(run.stdout).toContain("\\u{1b}[2Jclear");
    const page = line.read("out/drift.html");
    for (const raw of ["<script", "<img", "\u001b"]) expect(page).not.toContain(raw);
    expect(page).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    const metrics = line.read("out/drift.prom");
    expect(metrics).toContain('{feature="a\\\\b\\nc"}');
    const samples = metrics.split("\n").filter((text) => text !== "" && !text.startsWith("#"));
    for (const sample of samples)
      expect(sample).toMatch(/^model_drift_\w+(\{\w+="(?:[^"\\]|\\.)*"(,\w+="(?:[^"\\]|\\.)*")*\})? [-\d.e+]+$/);
  });

  test("are remembered over periods like any others", async () => {
    const odd = (seed: number, more: number) => loans(seed, 1500, { more }).replace("amount", "__proto__");
    await using line = await createFiles({
      "ref.csv": odd(1, 0),
      "1.csv": odd(2, 0.3),
      "2.csv": odd(3, 0.3),
      "3.csv": odd(4, 0.3),
    });
    const run = (file: string) => line.run("drift", file, "--reference", "ref.csv", "--history", "h.json");
    expect([(await run("1.csv")).code, (await run("2.csv")).code, (await run("3.csv")).code]).toEqual([0, 0, 5]);
  });

  test.skipIf(spawnSync("promtool", ["--version"]).error !== undefined)("promtool reads the metrics", async () => {
    await using line = await createFiles({ "ref.csv": table, "now.csv": table });
    await line.run("drift", "now.csv", "--reference", "ref.csv", "--out", "out");
    execFileSync("promtool", ["check", "metrics"], { input: line.read("out/drift.prom") });
  });
});

test("completion knows the files here that can be read, and the options", async () => {
  await using line = await createFiles({ "now.csv": "", "then.PARQUET": "", "notes.txt": "" });
  const found = async (...words: readonly string[]) =>
    (await line.run("complete", "--", "drift", ...words)).stdout.split("\n").filter(Boolean);
  expect((await found("")).filter((word) => !word.startsWith("--"))).toEqual(["now.csv", "then.PARQUET"]);
  expect(await found("now.csv", "--reference", "t")).toEqual(["then.PARQUET"]);
  expect(await found("--hi")).toEqual(["--history"]);
});

test("files of two formats are compared by what they hold", async () => {
  const rows = loans(1, 400).trimEnd().split("\n").slice(1);
  const lines = rows.map((row) => {
    const [amount, region, score, repaid] = row.split(",");
    return JSON.stringify({ amount: Number(amount), region, score, repaid });
  });
  await using line = await createFiles({ "ref.jsonl": `${lines.join("\n")}\n`, "same.csv": loans(1, 400) });
  const facts = jsonOf(await line.run("drift", "same.csv", "--reference", "ref.jsonl", "--json"));
  expect(facts).toMatchObject({ exitCode: 0, drifted: false });
  const findings = (facts.features as readonly { readonly findings: readonly { readonly effect: number }[] }[]).flatMap(
    (feature) => feature.findings,
  );
  expect(findings.map(({ effect }) => effect)).toEqual([0, 0, 0, 0]);
});
