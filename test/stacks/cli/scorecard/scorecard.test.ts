import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repository } from "../../../support/project.ts";
import { type CommandLine, createCommandLine, jsonOf } from "../command-line.ts";

const HEAD = "model,quarter,value,target,cost,requests,errors,slo,utilisation,ownerActive,dependents,owner,currency";

/** A model's rows, from 2025Q4 on. */
const rowsOf = (model: string, values: readonly number[], cost: number, requests = 1000): readonly string[] =>
  values.map((value, i) => {
    const quarter = ["2025Q4", "2026Q1", "2026Q2", "2026Q3"][i] ?? "";
    const last = i === values.length - 1 ? requests : 1000;
    return `${model},${quarter},${value},300,${cost},${last},0,0.99,0.5,yes,2,risk,EUR`;
  });

const portfolio = [
  HEAD,
  ...rowsOf("fine", [300, 305, 300, 310], 100),
  ...rowsOf("falling", [300, 270, 240, 210], 90),
  ...rowsOf("idle", [300, 300, 300, 300], 3600, 0),
  "",
].join("\n");

async function createFile(name: string, content: string): Promise<CommandLine> {
  const line = await createCommandLine();
  line.write(name, content);
  return line;
}

describe("mlc scorecard", () => {
  test("prints the models by what is advised, with reasons and what that saves", async () => {
    await using line = await createFile("p.csv", portfolio);
    const { code, stdout, stderr } = await line.run("scorecard", "p.csv");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout.split("\n")).toEqual([
      "2026Q3  3 models  value 820 EUR  cost 3,790 EUR  value/cost 0.22  known 69 %",
      "",
      "  model    health   B    T   C    G  known  value/cost  growth  saving/month  confidence",
      "",
      "retire: 1 model. Switch off.",
      "  idle         62  80    –  35  100   62 %        0.08     0 %     1,200 EUR         low",
      "      No request in 2026Q3.",
      "",
      "deprecate: 1 model. Give 180 days of notice, then switch off.",
      "  falling      58  42  100  79  100   73 %        2.33   -12 %        30 EUR         low",
      "      Value fell by 10 %, 11.1 %, 12.5 % in three quarters, 30 % together; chance does that over 4 quarters with p 0.042.",
      "",
      "keep: 1 model. Nothing speaks against it.",
      "  fine         85  82  100  83  100   73 %        3.10     1 %                       low",
      "",
      "All ends that are advised save 1,230 EUR a month and lose 170 EUR of value.",
      "510 EUR of value a quarter rests on models that are not advised to be kept.",
      "B business, T technical, C cost, G governance, health: 0 to 100. An advice changes nothing.",
      "",
    ]);
  });

  test("--json prints one object: totals, each model's standing, and each reason in words and numbers", async () => {
    await using line = await createFile("p.csv", portfolio);
    const facts = jsonOf(await line.run("scorecard", "p.csv", "--json"));
    expect(facts).toMatchObject({
      command: "scorecard",
      exitCode: 0,
      file: "p.csv",
      quarter: "2026Q3",
      currency: "EUR",
      notUsed: [],
      html: null,
      totals: { models: 3, cost: 3790, savingPerMonth: 1230, byAction: { retire: 1, deprecate: 1, keep: 1 } },
      models: [
        {
          model: "idle",
          advice: {
            action: "retire",
            reasons: [{ rule: "noRequests", quarter: "2026Q3", text: "No request in 2026Q3." }],
          },
        },
        {
          model: "falling",
          pillars: { business: expect.closeTo(42, 0) },
          decline: { confirmed: true, p: expect.closeTo(1 / 24, 12) },
          history: [{ quarter: "2025Q4", value: 300 }, {}, {}, { quarter: "2026Q3", value: 210 }],
        },
        { model: "fine", advice: { action: "keep", reasons: [] } },
      ],
    });
  });

  test("the same rows as a JSON list say the same", async () => {
    const [head = "", ...rows] = portfolio.trimEnd().split("\n");
    const objects = rows.map((row) => {
      const cells = row.split(",").map((cell) => (Number.isNaN(Number(cell)) ? cell : Number(cell)));
      return Object.fromEntries(head.split(",").map((name, i) => [name, cells[i] === "yes" ? true : cells[i]]));
    });
    await using line = await createFile("p.csv", portfolio);
    line.write("p.json", JSON.stringify(objects));
    const [csv, json] = [await line.run("scorecard", "p.csv"), await line.run("scorecard", "p.json")];
    expect(json.stdout).toBe(csv.stdout);
  });

  test("--html writes one page; without it, nothing is written", async () => {
    await using line = await createFile("p.csv", portfolio);
    await line.run("scorecard", "p.csv");
    expect(existsSync(join(line.root, "card.html"))).toBe(false);
    const run = await line.run("scorecard", "p.csv", "--html", "card.html");
    expect(run.stdout).toContain("✓ card.html");
    expect(line.read("card.html")).toContain("<h1>Models in 2026Q3</h1>");
  });

  test("a column that is no fact is named and not used, and one that is left out is not looked at", async () => {
    const more = portfolio.split("\n").map((row, i) => `${row}${row === "" ? "" : i === 0 ? ",region" : ",EU"}`);
    await using line = await createFile("p.csv", more.join("\n"));
    expect((await line.run("scorecard", "p.csv")).stdout).toContain("Not used: region.\n");
    const without = await line.run("scorecard", "p.csv", "--ignore", "region", "--ignore", "utilisation");
    expect(without.stdout).not.toContain("Not used");
    expect(without.stdout).toContain("Only 56 % of the score is known");
  });

  test("files that can be read are completed", async () => {
    await using line = await createFile("p.csv", portfolio);
    expect((await line.run("complete", "--", "scorecard", "p")).stdout).toBe("p.csv\n");
    expect((await line.run("complete", "--", "scorecard", "p.csv", "--h")).stdout).toBe("--html\n");
  });
});

test("what docs/scorecard.md says of its example is what comes out", async () => {
  const example = readFileSync(join(repository, "docs/scorecard-example.csv"), "utf8");
  await using line = await createFile("scorecard-example.csv", example);
  const { stdout } = await line.run("scorecard", "scorecard-example.csv");
  expect(readFileSync(join(repository, "docs/scorecard.md"), "utf8")).toContain(`\n\`\`\`\n${stdout}\`\`\`\n`);
});

describe("bad input", () => {
  const problemsOf = async (name: string, content: string): Promise<readonly (readonly [string, string])[]> => {
    await using line = await createFile(name, content);
    const run = await line.run("scorecard", name, "--json");
    expect(run.code).toBe(2);
    const { problems } = jsonOf(run) as {
      readonly problems: readonly { readonly path: string; readonly seen: string }[];
    };
    return problems.map(({ path, seen }) => [path, seen]);
  };

  test("every problem is told at once, with its line and column", async () => {
    const rows = [
      "model,quarter,value,slo,ownerActive,dependents,overlapsWith,supersededBy,requests,errors,currency",
      "a,2026Q1,much,1.5,maybe,1.5,b,a,10,11,EUR",
      ",2026Q5,1,0.9,no,1,,,10,1,USD",
      'a,2026-Q1,"1,5",0.9,no,1,a,,10,1,EUR',
    ];
    expect(await problemsOf("p.csv", rows.join("\n"))).toEqual([
      ['p.csv line 3, column "model"', "nothing"],
      ['p.csv line 3, column "quarter"', '"2026Q5"'],
      ['p.csv line 2, column "value"', '"much"'],
      ['p.csv line 4, column "value"', '"1,5"'],
      ['p.csv line 2, column "errors"', "11 (a number)"],
      ['p.csv line 2, column "slo"', "1.5 (a number)"],
      ['p.csv line 2, column "ownerActive"', '"maybe"'],
      ['p.csv line 2, column "dependents"', "1.5 (a number)"],
      ["p.csv line 4", '"a" in 2026-Q1, as in line 2'],
      ['p.csv line 2, column "overlapsWith"', '"b"'],
      ['p.csv line 2, column "supersededBy"', '"a"'],
      ['p.csv line 4, column "overlapsWith"', '"a"'],
      ['p.csv line 3, column "currency"', '"USD"'],
    ]);
  });

  test("a problem says what is allowed and what to do", async () => {
    await using line = await createFile("p.json", '[{"model":"a","quarter":"2026Q1","cost":-1,"costs":2}]');
    const run = await line.run("scorecard", "p.json");
    expect(run.code).toBe(2);
    expect(run.stderr).toContain("The portfolio has 2 problems.");
    expect(run.stderr).toContain(
      `  p.json [0], column "cost"\n    seen:    -1 (a number)\n    allowed: a number from 0\n    do this: Mend it, or leave it empty where it is not known`,
    );
    expect(run.stderr).toContain(`Did you mean cost? Another column is left out by: --ignore "costs"`);
  });

  test("of many problems in a column five are told, and the others counted", async () => {
    const rows = Array.from({ length: 8 }, (_, i) => `m${i},2026Q1,x`);
    const problems = await problemsOf("p.csv", ["model,quarter,value", ...rows].join("\n"));
    expect(problems).toHaveLength(6);
    expect(problems.at(-1)).toEqual(["p.csv", "3 more of these"]);
  });

  test("columns without which nothing can be said are asked for, before their cells are", async () => {
    expect(await problemsOf("p.csv", "name,value\na,x\n")).toEqual([
      ['p.csv column "model"', "nothing"],
      ['p.csv column "quarter"', "nothing"],
    ]);
  });

  test("a file that is not there, holds no rows or has another format is refused as by mlc drift", async () => {
    expect(await problemsOf("p.csv", "model,quarter\n")).toEqual([["p.csv", "no rows"]]);
    expect(await problemsOf("p.txt", "")).toEqual([["p.txt", '".txt"']]);
    await using line = await createCommandLine();
    expect((await line.run("scorecard", "nowhere.csv")).stderr).toContain("it is not there (ENOENT).");
  });
});
