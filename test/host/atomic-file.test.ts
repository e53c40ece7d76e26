import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import {
  appendJsonLine,
  readJson,
  readJsonIfSound,
  readJsonLines,
  writeAtomic,
  writeJsonAtomic,
} from "../../components/host/atomic-file.ts";
import { fillDisk, mountSmallDisk } from "../platforms/local/state-folder/small-disk.ts";

const shape = z.object({ weight: z.int() });

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mlc-atomic-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

const at = (name: string): string => join(directory, name);

describe("a JSON file", () => {
  test("is read as it was written, with the mode asked for, and leaves nothing beside it", () => {
    writeJsonAtomic(at("a.json"), { weight: 1 });
    writeJsonAtomic(at("a.json"), { weight: 2 }, { mode: 0o600 });
    expect(readJson(at("a.json"), shape)).toEqual({ weight: 2 });
    expect(statSync(at("a.json")).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(["a.json"]);
  });

  test("that is not there is undefined", () => {
    expect(readJson(at("a.json"), shape)).toBeUndefined();
  });

  test.each([
    ["cut short", '{"weight": 1', /damaged \(.*JSON/],
    ["of another shape", '{"weight": "1"}', /damaged \(weight: /],
    ["empty", "", /damaged \(/],
  ])("that is %s is refused with its path and what to do", (_what, text, message) => {
    writeFileSync(at("a.json"), text);
    expect(() => readJson(at("a.json"), shape)).toThrow(message);
    expect(() => readJson(at("a.json"), shape)).toThrow(`${at("a.json")}: `);
    expect(() => readJson(at("a.json"), shape)).toThrow("Remove this file, then run `pulumi up`");
  });

  test("whose writing fails stays as it was", () => {
    writeAtomic(at("a.json"), "old");
    expect(() =>
      writeJsonAtomic(at("a.json"), {
        toJSON: () => {
          throw new Error("no");
        },
      }),
    ).toThrow("no");
    expect(() => writeAtomic(at("no/a.json"), "new")).toThrow("ENOENT");
    expect(readFileSync(at("a.json"), "utf8")).toBe("old");
    expect(readdirSync(directory)).toEqual(["a.json"]);
  });
});

describe("a JSON Lines file", () => {
  test("is read in the order of its appends", () => {
    for (const weight of [1, 2, 3]) appendJsonLine(at("a.jsonl"), { weight });
    expect(readJsonLines(at("a.jsonl"), shape)).toEqual([{ weight: 1 }, { weight: 2 }, { weight: 3 }]);
  });

  test("that is not there is empty", () => {
    expect(readJsonLines(at("a.jsonl"), shape)).toEqual([]);
  });

  test("leaves out a last line that a crash cut short", () => {
    appendJsonLine(at("a.jsonl"), { weight: 1 });
    appendFileSync(at("a.jsonl"), '{"weight": 2');
    expect(readJsonLines(at("a.jsonl"), shape)).toEqual([{ weight: 1 }]);
  });

  test("with another damaged line is refused, naming it", () => {
    writeFileSync(at("a.jsonl"), '{"weight": 1}\n{"weight": "x"}\n{"weight": 3}\n');
    expect(() => readJsonLines(at("a.jsonl"), shape)).toThrow("line 2: ");
  });
});

test("a JSON file that its reader can do without is nothing when it is missing, damaged or of another shape", () => {
  writeJsonAtomic(at("a.json"), { weight: 1 });
  writeJsonAtomic(at("b.json"), { weight: "1" });
  writeFileSync(at("c.json"), '{"weight": 1');
  const read = (name: string) => readJsonIfSound(at(name), shape);
  expect(["a.json", "b.json", "c.json", "d.json"].map(read)).toEqual([{ weight: 1 }, undefined, undefined, undefined]);
});

describe("on a full disk", () => {
  test("a file keeps its old content, and the error says that nothing was changed", (context) => {
    const disk = mountSmallDisk(context, 64);
    writeJsonAtomic(join(disk, "a.json"), { weight: 1 });
    fillDisk(disk);
    expect(() => writeJsonAtomic(join(disk, "a.json"), { weight: 2, text: "x".repeat(10_000) })).toThrow(
      `${join(disk, "a.json")}: no space left to write (ENOSPC); allowed: some free space on this disk. Nothing was changed. Free some space, then run the same command again.`,
    );
    expect(readJson(join(disk, "a.json"), shape)).toEqual({ weight: 1 });
    expect(readdirSync(disk).sort()).toEqual(["a.json", "ballast"]);
    rmSync(join(disk, "ballast"));
    writeJsonAtomic(join(disk, "a.json"), { weight: 2 });
    expect(readJson(join(disk, "a.json"), shape)).toEqual({ weight: 2 });
  });

  test("no part of a line stays, and later lines are whole", (context) => {
    const disk = mountSmallDisk(context, 64);
    appendJsonLine(join(disk, "a.jsonl"), { weight: 1 });
    fillDisk(disk);
    expect(() => appendJsonLine(join(disk, "a.jsonl"), { weight: 2, text: "x".repeat(10_000) })).toThrow(
      "no space left",
    );
    rmSync(join(disk, "ballast"));
    appendJsonLine(join(disk, "a.jsonl"), { weight: 3 });
    expect(readJsonLines(join(disk, "a.jsonl"), shape)).toEqual([{ weight: 1 }, { weight: 3 }]);
  });
});
