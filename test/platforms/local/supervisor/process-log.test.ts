import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { boundLog, readLogTail } from "../../../../components/platforms/local/supervisor/process-log.ts";

let directory: string;
let log: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "mlc-log-"));
  log = join(directory, "v1.log");
});
afterEach(() => rmSync(directory, { recursive: true }));

test("the tail of a log is its last 20 lines", () => {
  writeFileSync(log, Array.from({ length: 50 }, (_, line) => `line ${line}\n`).join(""));
  expect(readLogTail(log)).toEqual(Array.from({ length: 20 }, (_, line) => `line ${line + 30}`));
});

test("the tail of one run holds nothing of the run before", () => {
  writeFileSync(log, "before\nnow\n");
  expect(readLogTail(log, "before\n".length)).toEqual(["now"]);
});

test("the tail is bounded, however long the line", () => {
  writeFileSync(log, "x".repeat(100_000));
  expect(readLogTail(log)).toEqual(["x".repeat(4096)]);
});

test("what was not written has no tail", () => {
  expect(readLogTail(log)).toEqual([]);
  writeFileSync(log, "before\n");
  expect(readLogTail(log, "before\n".length)).toEqual([]);
});

test("a log over its limit moves to one older file, and its writer goes on in the same", () => {
  const writer = openSync(log, "a");
  writeSync(writer, "first\n");
  boundLog(log, 5);
  writeSync(writer, "second\n");
  closeSync(writer);
  expect(readFileSync(log, "utf8")).toBe("second\n");
  expect(readFileSync(`${log}.1`, "utf8")).toBe("first\n");
  boundLog(log, 5);
  expect(statSync(log).size).toBe(0);
  expect(readFileSync(`${log}.1`, "utf8")).toBe("second\n");
});

test("a log within its limit stays as it is", () => {
  writeFileSync(log, "first\n");
  boundLog(log, 6);
  expect(readFileSync(log, "utf8")).toBe("first\n");
});
