import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readGolden } from "../../components/release/golden-file.ts";
import { startBench, urnOf } from "./bench.ts";

// A golden file is a regular file in the project's folder, or an error at once that says nothing of what is in it.

const SECRET = "top-secret-line";
let top: string;
let projectDir: string;
const makePipe = (file: string) => execFileSync("bash", ["-c", 'mkfifo "$0"', file]);
const at = (name: string) => path.join(projectDir, name);

beforeAll(async () => {
  top = mkdtempSync(path.join(tmpdir(), "mlc-golden-"));
  projectDir = path.join(top, "project");
  mkdirSync(at("folder"), { recursive: true });
  writeFileSync(path.join(top, "outside.jsonl"), SECRET);
  symlinkSync("../outside.jsonl", at("leads-out.jsonl"));
  symlinkSync(top, at("folder-outside"));
  symlinkSync("/dev/zero", at("device.jsonl"));
  symlinkSync("around.jsonl", at("around.jsonl"));
  makePipe(at("pipe.jsonl"));
  writeFileSync(at("good.jsonl"), '{"input":{"text":"a"}}\n');
  symlinkSync("good.jsonl", at("leads-in.jsonl"));
  writeFileSync(at("huge.jsonl"), "");
  truncateSync(at("huge.jsonl"), 2 ** 40);
  const socket = createServer().listen(at("socket.jsonl"));
  await once(socket, "listening");
  return () => socket.close();
});
afterAll(() => rmSync(top, { recursive: true, force: true }));

const places: readonly (readonly [file: string, seen: string])[] = [
  ["pipe.jsonl", "which is no file in "],
  ["socket.jsonl", "which is no file in "],
  ["folder", "which is no file in "],
  ["missing.jsonl", "which is no file in "],
  ["good.jsonl/below", "which is no file in "],
  ["device.jsonl", "which leads out of the project's folder"],
  ["leads-out.jsonl", "which leads out of the project's folder"],
  ["folder-outside/outside.jsonl", "which leads out of the project's folder"],
  ["../outside.jsonl", "which leads out of the project's folder"],
  ["/etc/passwd", "which leads out of the project's folder"],
  ["around.jsonl", "which cannot be read (ELOOP)"],
  [`${"n".repeat(300)}.jsonl`, "which cannot be read (ENAMETOOLONG)"],
  ["huge.jsonl", "which has 1099511627776 bytes"],
];

test.each(places)("%s: %s", async (file, seen) => {
  const { requests, faults } = await readGolden(projectDir, file);
  expect(requests).toEqual([]);
  expect(faults).toHaveLength(1);
  expect(faults[0]?.seen.startsWith(`${JSON.stringify(file)}, ${seen}`), faults[0]?.seen).toBe(true);
  expect(faults[0]?.allowed).toMatch(/^a regular file inside the project/);
  expect(JSON.stringify(faults)).not.toContain(SECRET);
});

test("a link to a file of the project is that file; a byte order mark, CR LF and empty lines are no content", async () => {
  expect(await readGolden(projectDir, "leads-in.jsonl")).toEqual(await readGolden(projectDir, "good.jsonl"));
  writeFileSync(
    at("windows.jsonl"),
    '\uFEFF{"input":{"text":"a"},"label":"b"}\r\n\r\n{"input":{},"expect":{"c":1}}\r\n',
  );
  expect(await readGolden(projectDir, "windows.jsonl")).toEqual({
    requests: [
      { line: 1, input: { text: "a" }, body: '{"text":"a"}', label: "b" },
      { line: 3, input: {}, body: "{}", expect: { c: 1 } },
    ],
    faults: [],
  });
});

const deep = `{"input":{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}}`;

test("malformed lines are one fault a kind, with their numbers and none of their content", async () => {
  const bad = `{"input": ${SECRET}`;
  const lines = [bad, `"${SECRET}"`, "[]", "null", bad, '{"input":{}}', bad, bad, bad, `{"input":"${SECRET}"}`];
  lines.push(
    `{"input":{},"expect":"${SECRET}"}`,
    `{"input":{},"label":1}`,
    `{"input":{},"${SECRET}":1}`,
    `{"${SECRET}":1}`,
  );
  writeFileSync(at("bad.jsonl"), lines.join("\n"));
  const { requests, faults } = await readGolden(projectDir, "bad.jsonl");
  expect(requests).toEqual([]);
  expect(faults.map(({ seen }) => seen)).toEqual([
    '"bad.jsonl", with 5 lines that are no JSON (lines 1, 5, 7 and 2 more)',
    '"bad.jsonl", with 4 lines that are no object of "input" and perhaps "expect" and "label" (lines 2, 3, 4 and 1 more)',
    '"bad.jsonl", with 2 lines without an object "input" (lines 10, 14)',
    '"bad.jsonl", with 1 line with an "expect" that is no object (line 11)',
    '"bad.jsonl", with 1 line with a "label" that is no text (line 12)',
  ]);
  expect(JSON.stringify(faults)).not.toContain(SECRET);
});

test.each([
  ["nothing", "\n \n", "with no golden request in it"],
  ["no text", Buffer.from([0x7b, 0xff, 0x7d]), "which is no UTF-8 text"],
  ["100,001 lines", "{}\n".repeat(100_001), "with 100001 lines"],
  ["what is nested deeper than the stack", deep, "with 1 line that are no JSON (line 1)"],
])("a file of %s is refused", async (_, content, seen) => {
  writeFileSync(at("odd.jsonl"), content);
  const { requests, faults } = await readGolden(projectDir, "odd.jsonl");
  expect(requests).toEqual([]);
  expect(faults.map((fault) => fault.seen)).toEqual([`"odd.jsonl", ${seen}`]);
});

test("a preview refuses the file, unless it was checked before; nothing of the provider waits for a pipe", async () => {
  await using bench = await startBench();
  makePipe(path.join(bench.dir, "golden.jsonl"));
  const urn = urnOf("ModelServer");
  const inputs = bench.inputs("ModelServer", { checks: { golden: "golden.jsonl" } });
  const { failures } = await bench.provider.check(urn, {}, inputs);
  expect(failures).toHaveLength(1);
  expect(failures?.[0]?.reason).toContain(
    'model-lifecycle:release.versions.v1.checks.golden: seen "golden.jsonl", which is no file in ',
  );
  expect((await bench.provider.check(urn, inputs, inputs)).failures).toEqual([]);
  // As version 0.1.0 wrote it down.
  const { projectDir: _, ...before } = bench.inputs("ModelServer", {
    checks: { golden: path.join(bench.dir, "golden.jsonl") },
  });
  expect((await bench.provider.check(urn, before, inputs)).failures).toEqual([]);
  await bench.create("Artifact");
  await expect(bench.create("ModelServer", { checks: { golden: "golden.jsonl" } })).rejects.toThrow(
    /^version v1 fails its checks and is not routed:\n {2}model-lifecycle:release\.versions\.v1\.checks\.golden: seen "golden.jsonl", which is no file/,
  );
});
