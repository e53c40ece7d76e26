/**
 * `npm run bench:yaml`: edits of odd files, and odd texts, by the engine's own reading. Needs Go, as a build of the
 * engine does. `-- --record` also writes down how the engine reads the texts of test/stacks/cli/engine-texts.ts.
 */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { editYaml } from "../../stacks/cli/edit-yaml.ts";
import { parseYaml } from "../../stacks/cli/parse-yaml.ts";
import { refusedHere, sameReading } from "../stacks/cli/engine-texts.ts";
import { lostNotes, type OddFile, oddFile, oddText, withRelease } from "../stacks/cli/odd-yaml.ts";
import { plainData } from "../stacks/cli/plain-data.ts";
import { repository } from "../support/project.ts";
import { figure } from "./figure.ts";
import { buildReader, type EngineReader } from "./yaml-reader/index.ts";

const EDITS = 20_000;
const BATCH = 2_000;
const RELEASE = ["config", "model-lifecycle:release"];

const seed = Number(process.argv.find((word) => /^\d+$/.test(word)) ?? 1);
const reader = buildReader();
process.once("exit", () => reader.remove());
if (process.argv.includes("--record")) record(reader);

const counts = { edits: 0, broken: 0, lost: 0, texts: 0, differ: 0, refusedHere: 0 };
for (let batch = 0; counts.edits < EDITS; batch += 1) {
  const options = { numRuns: BATCH, seed: seed + batch };
  countEdits(fc.sample(oddFile, options).slice(0, EDITS - counts.edits));
  countReadings(fc.sample(oddText, options));
  process.stderr.write(
    `${counts.edits} edits, ${counts.broken} broken, ${counts.lost} lost; ${counts.texts} texts, ${counts.differ} read otherwise\n`,
  );
}

const detail = `${counts.edits} random edits of odd files from seed ${seed}, each read by the engine's own code`;
const figures = [
  figure("yaml-edits-broken", counts.broken, "edits", { atMost: 0 }, `${detail}: refused, or other data than meant`),
  figure("yaml-comments-lost", counts.lost, "comments", { atMost: 0 }, `${detail}: gone though their lines stay`),
  figure(
    "yaml-readings-differ",
    counts.differ / counts.texts,
    "of the texts",
    { atMost: 0.001 },
    `${counts.texts} mutated files: taken here and refused by the engine, or read as other data; ${counts.refusedHere} are refused here alone, with the place`,
  ),
];
const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: repository, encoding: "utf8" }).trim();
console.log(JSON.stringify({ bench: "yaml", commit, figures }));
process.exitCode = figures.every(({ holds }) => holds) ? 0 : 1;

function countEdits(files: readonly OddFile[]): void {
  const taken = files.filter(({ text }) => parseYaml(text).problems.length === 0);
  const edited = taken.map((file) => editYaml(file.text, RELEASE, file.after));
  for (const [index, reading] of reader.read(edited).entries()) {
    const [file, text] = [taken[index], edited[index]];
    if (file === undefined || text === undefined) continue;
    const meant = plainData(withRelease(parseYaml(file.text).data, file.after));
    const isBroken = reading.error !== undefined || !isDeepStrictEqual(reading.document, meant);
    const lost = lostNotes(file, text);
    if (isBroken || lost.length > 0)
      process.stderr.write(`${JSON.stringify({ ...file, edited: text, reading, lost })}\n`);
    counts.broken += isBroken ? 1 : 0;
    counts.lost += lost.length;
  }
  counts.edits += taken.length;
}

function countReadings(texts: readonly string[]): void {
  for (const [index, { error, document }] of reader.read(texts).entries()) {
    const text = texts[index] ?? "";
    const { data, problems } = parseYaml(text);
    const isRefused = problems.length > 0;
    const differs =
      error === undefined ? !isRefused && !isDeepStrictEqual(plainData(data), document ?? null) : !isRefused;
    if (differs) process.stderr.write(`${JSON.stringify({ text, error, document })}\n`);
    counts.differ += differs ? 1 : 0;
    counts.refusedHere += isRefused && error === undefined ? 1 : 0;
  }
  counts.texts += texts.length;
}

/** What the test lane compares with, where there need not be a Go. */
function record({ read }: EngineReader): void {
  const texts = [...sameReading, ...refusedHere];
  const readings = read(texts).map(({ error, document = null }, index) => ({
    text: texts[index],
    ...(error === undefined ? { document } : { error }),
  }));
  writeFileSync(
    join(repository, "test/stacks/cli/engine-readings.json"),
    `${JSON.stringify(readings, undefined, 2)}\n`,
  );
}
