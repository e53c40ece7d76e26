import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import type { Value } from "../../../../components/drift/index.ts";
import { readTable } from "../../../../stacks/cli/tables/read-table.ts";
import { seeded } from "../../../analysis/random-traffic.ts";

const data = path.join(import.meta.dirname, "data");

/** Reads a file of this name and content; its path is cut off every problem. */
async function read(name: string, content: string | Uint8Array, ignored: readonly string[] = []) {
  const folder = mkdtempSync(path.join(tmpdir(), "mlc-drift-"));
  try {
    writeFileSync(path.join(folder, name), content);
    const found = await readTable(path.join(folder, name), ignored);
    if ("table" in found) return { columns: Object.fromEntries(found.table.columns), table: found.table };
    return { problems: found.problems.map(({ path: where, seen }) => [where.replace(`${folder}/`, ""), seen]) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the files of parquet.py hold. */
const flat: Readonly<Record<string, readonly Value[]>> = {
  amount: [1.5, null, null, -2.25],
  count: [1, 2, null, 9007199254740991],
  price: [1.25, 0.5, null, -3],
  region: ["north", "south", null, "north"],
  returning: ["true", "false", null, "true"],
  at: [Date.UTC(2026, 10, 1), null, null, Date.UTC(2026, 10, 2)],
  "<script>alert(1)</script>": ["a", "b", "a", "b"],
};

describe("Parquet", () => {
  test.each(["none", "snappy", "gzip", "zstd", "brotli", "lz4"])(
    "compressed by %s is read, column by column",
    async (codec) => {
      const found = await readTable(path.join(data, `${codec}.parquet`));
      if (!("table" in found)) throw new Error(JSON.stringify(found.problems));
      expect(Object.fromEntries(found.table.columns)).toEqual(flat);
      expect(found.table).toMatchObject({ rows: 4, untyped: false });
    },
  );

  test("lists have no place in a column, unless it is ignored", async () => {
    const file = path.join(data, "nested.parquet");
    const found = await readTable(file);
    expect("problems" in found && found.problems.map(({ path: where, seen }) => [where, seen])).toEqual([
      [`${file} row 1, column "tags"`, "a list of 1"],
      [`${file} row 2, column "tags"`, "a list of 2"],
    ]);
    expect(await readTable(file, ["tags"])).toMatchObject({ table: { rows: 2 } });
  });

  test("with damaged bytes is refused or read otherwise; nothing is thrown and nothing goes on behind its back", async () => {
    const whole = readFileSync(path.join(data, "snappy.parquet"));
    const random = seeded(1);
    const outcomes: string[] = [];
    for (let damage = 0; damage < 80; damage++) {
      const bytes = Buffer.from(whole);
      for (let i = 0; i <= damage % 4; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      outcomes.push("problems" in (await read("x.parquet", bytes)) ? "refused" : "read");
    }
    expect(new Set(outcomes)).toEqual(new Set(["refused", "read"]));
  });

  test("without rows, cut short, or no Parquet at all, is refused", async () => {
    const whole = readFileSync(path.join(data, "snappy.parquet"));
    expect(await readTable(path.join(data, "empty.parquet"))).toMatchObject({ problems: [{ seen: "no rows" }] });
    for (const content of [whole.subarray(0, 500), whole.subarray(500), "a,b\n1,2\n", ""]) {
      const { problems } = await read("x.parquet", content);
      expect(problems?.[0]?.[0]).toBe("x.parquet as a whole");
    }
  });
});

describe("CSV", () => {
  test("quotes, line ends in a value, a byte order mark and what stands for nothing", async () => {
    const { columns, table } = await read("x.csv", '\uFEFFa,"b ""c"""\r\n1,"x\ny"\r\n,NA\r\nNaN,null\r\n');
    expect(columns).toEqual({ a: ["1", null, null], 'b "c"': ["x\ny", null, null] });
    expect(table).toMatchObject({ rows: 3, untyped: true });
  });

  test("names of the language's own are columns like any other", async () => {
    const { table } = await read("x.csv", "__proto__,constructor\n1,2\n");
    expect([...(table?.columns ?? [])]).toEqual([
      ["__proto__", ["1"]],
      ["constructor", ["2"]],
    ]);
  });

  test("separated by tabs", async () => {
    expect((await read("x.tsv", "a\tb\n1,5\t2\n")).columns).toEqual({ a: ["1,5"], b: ["2"] });
  });

  test("what does not print is escaped where a parser's own words show it, and they are cut", async () => {
    const { problems } = await read("x.csv", `a,b\n\u001b[2J${"x".repeat(500)}"x",1\n`);
    expect(problems?.[0]?.[1]).toMatch(/^Invalid Opening Quote.*…$/);
    expect(problems?.[0]?.[1]).not.toContain("\u001b");
    expect((await read("x.jsonl", "\u001b[2J\n")).problems?.[0]?.[1]).toContain("\\u{1b}");
  });

  test("every line with a wrong number of fields is told, to the fifth, and the others counted", async () => {
    const bad = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? "1" : "1,2,3")).join("\n");
    expect((await read("x.csv", `a,b\n1,2\n${bad}\n`)).problems).toEqual([
      ["x.csv line 3", "1 field"],
      ["x.csv line 4", "3 fields"],
      ["x.csv line 5", "1 field"],
      ["x.csv line 6", "3 fields"],
      ["x.csv line 7", "1 field"],
      ["x.csv", "3 more of these"],
    ]);
  });

  test("columns without a name, and names that stand twice", async () => {
    expect((await read("x.csv", "a,,a\n1,2,3\n")).problems).toEqual([
      ["x.csv line 1", "no name above column 2"],
      ["x.csv line 1", 'the column "a" twice'],
    ]);
  });

  test.each(["", "a,b\n"])("%j holds no rows", async (content) => {
    expect((await read("x.csv", content)).problems).toEqual([["x.csv", "no rows"]]);
  });
});

describe("JSON lines", () => {
  test("a column may be absent from a row, begin late, or end early", async () => {
    const lines = ['{"a":1,"b":"x"}', "", '{"a":null,"c":true}', '{"__proto__":2.5}'];
    const { table } = await read("x.jsonl", lines.join("\n"));
    expect([...(table?.columns ?? [])]).toEqual([
      ["a", [1, null, null]],
      ["b", ["x", null, null]],
      ["c", [null, "true", null]],
      ["__proto__", [null, null, 2.5]],
    ]);
  });

  test("every line that is no object, and every value that is no scalar, is told", async () => {
    const lines = ['{"a":1}', "[1]", "7", '{"a":', '{"a":{"b":1},"t":[]}'];
    const { problems } = await read("x.ndjson", lines.join("\n"));
    expect(problems?.map(([where]) => where)).toEqual([
      "x.ndjson line 2",
      "x.ndjson line 3",
      "x.ndjson line 4",
      'x.ndjson line 5, column "a"',
      'x.ndjson line 5, column "t"',
    ]);
    expect((await read("x.jsonl", '{"a":1,"t":[]}', ["t"])).columns).toEqual({ a: [1], t: [null] });
  });
});

describe("a JSON list", () => {
  test("holds an object a row", async () => {
    const { table } = await read("x.json", '\uFEFF[{"a":1},{"a":null,"b":false}]');
    expect([...(table?.columns ?? [])]).toEqual([
      ["a", [1, null]],
      ["b", [null, "false"]],
    ]);
    expect(table).toMatchObject({ rows: 2, untyped: false });
  });

  test("every row that is no object, and every value that is no scalar, is told", async () => {
    expect((await read("x.json", '[{"a":1},[1],7,{"a":[]}]')).problems).toEqual([
      ["x.json [1]", "a list of 1"],
      ["x.json [2]", "7 (a number)"],
      ['x.json [3], column "a"', "an empty list"],
    ]);
  });

  test("what is no list, or no JSON, is refused as a whole", async () => {
    expect((await read("x.json", '{"a":1}')).problems).toEqual([["x.json as a whole", "an object with a"]]);
    expect((await read("x.json", "[{")).problems?.[0]?.[0]).toBe("x.json as a whole");
  });
});

test.each([
  { name: "x.csv", content: 'a\n1\n\n"2\n2"\n3\n', places: ["line 2", "line 5", "line 6"] },
  { name: "x.jsonl", content: '{"a":1}\n\n{"a":2}\n', places: ["line 1", "line 3"] },
  { name: "x.json", content: '[{"a":1},{"a":2}]', places: ["[0]", "[1]"] },
])("of each row of $name it is known where it stands", async ({ name, content, places }) => {
  const { table } = await read(name, content);
  expect(places.map((_, row) => table?.placeOf(row))).toEqual(places);
});

test("a row of a Parquet file has no line, and is counted", async () => {
  const found = await readTable(path.join(data, "none.parquet"));
  expect("table" in found && found.table.placeOf(0)).toBe("row 1");
});

test("a format that is not known, a folder and a file that is not there say what is allowed", async () => {
  expect(await readTable("x.xlsx")).toMatchObject({
    problems: [{ seen: '".xlsx"', allowed: "a name that ends in .csv, .tsv, .json, .jsonl, .ndjson, .parquet" }],
  });
  expect(await readTable("/nowhere/x.csv")).toMatchObject({ problems: [{ seen: "it is not there (ENOENT)." }] });
  const folder = mkdtempSync(path.join(tmpdir(), "mlc-drift-"));
  mkdirSync(path.join(folder, "x.csv"));
  expect(await readTable(path.join(folder, "x.csv"))).toMatchObject({ problems: [{ seen: "a folder or a device" }] });
  rmSync(folder, { recursive: true });
});

test("the hash is that of the file's bytes", async () => {
  const { table } = await read("x.csv", "a\n1\n");
  expect(table?.content).toBe(createHash("sha256").update("a\n1\n").digest("hex"));
});
