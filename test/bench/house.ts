/** `npm run bench:house`: how far the house is from its plan. `-- --write` also writes docs/benchmarks.md. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import ts from "typescript";
import { sharedFilesOf, toys } from "../house/toys.ts";
import { endedReopened, killsSurvived } from "../rollout/kills.ts";
import { repository } from "../support/project.ts";
import { findDuplicates } from "./duplicates.ts";
import { type Figure, figure } from "./figure.ts";
import { Report } from "./report.ts";

const FOLDERS = ["components", "stacks", "policies"];

interface Source {
  readonly file: string;
  readonly text: string;
}

/** Product code; generated files and data are none. */
const sources: readonly Source[] = FOLDERS.flatMap((folder) =>
  readdirSync(path.join(repository, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => path.join(folder, name)),
).map((file) => ({ file, text: readFileSync(path.join(repository, file), "utf8") }));

const listed = (names: readonly string[], most = 6): string =>
  names.length <= most ? names.join(", ") : `${names.slice(0, most).join(", ")} and ${names.length - most} more`;

/** Where the house's own tools say that an import breaks a wall. */
function wallsBroken(): readonly Figure[] {
  const depcruise = path.join(repository, "node_modules/.bin/depcruise");
  const args = [...FOLDERS, "--output-type", "json"];
  let output: string;
  try {
    output = execFileSync(depcruise, args, { cwd: repository, encoding: "utf8", maxBuffer: 2 ** 28 });
  } catch (error) {
    output = (error as { readonly stdout: string }).stdout;
  }
  const { violations } = (JSON.parse(output) as { summary: { violations: readonly { rule: { name: string } }[] } })
    .summary;
  const names = violations.map(({ rule }) => rule.name).filter((name) => name.startsWith("wall "));
  const detail = [...new Set(names)].map((name) => `${name}: ${names.filter((each) => each === name).length}`);
  return [figure("walls-broken", names.length, "imports", { atMost: 0 }, detail.join("; ") || "none")];
}

/** Folders whose code knows a thing by its name. */
function rooms(name: string, words: RegExp, what: string, aside?: RegExp): Figure {
  const asked = sources.filter(({ file }) => !aside?.test(file));
  const knowing = asked.filter(({ text }) => words.test(text)).map(({ file }) => path.dirname(file));
  const folders = [...new Set(knowing)].toSorted();
  return figure(name, folders.length, "folders", { atMost: 2 }, `${what}: ${listed(folders)}`);
}

const knownRooms = (): readonly Figure[] => [
  rooms(
    "guard-rooms",
    /"(?:errorRate|refusalRate|latency)"|\.(?:errorRate|refusalRate)\b/,
    "know a guard's kind by name",
  ),
  rooms(
    "kind-rooms",
    /"local"|platforms\/local\/|^ {2}local:/m,
    "know a platform's kind by name (components/archives left aside: a kind of archive named alike is no platform)",
    /^components\/archives\//,
  ),
  // A hash of something else says so where it is made; an image by its digest is written as registries write it, and a header of S3 as S3 does.
  rooms(
    "pin-rooms",
    /(?<!(?:createHash|\bhash)\("|@|x-amz-checksum-)\bsha256\b/,
    "know a pin's algorithm by name (components/evidence left aside: the hash of an evidence document is no pin)",
    /^components\/evidence\//,
  ),
];

function longestFile(): readonly Figure[] {
  const byLength = sources
    .map(({ file, text }) => ({ file, lines: text.split("\n").length - 1 }))
    .toSorted((a, b) => b.lines - a.lines);
  const longer = byLength.filter(({ lines }) => lines > 300).map(({ file, lines }) => `${file} ${lines}`);
  const detail = longer.length === 0 ? (byLength[0]?.file ?? "") : `longer than 300: ${listed(longer)}`;
  return [figure("longest-file", byLength[0]?.lines ?? 0, "lines", { atMost: 300 }, detail)];
}

/** Exported declarations without a word on what they are. Those of a file that exports one thing of its name are no exception. */
function docstringsMissing(): readonly Figure[] {
  const missing = sources.flatMap(({ file, text }) => {
    const parsed = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    return parsed.statements
      .filter((statement) => ts.canHaveModifiers(statement) && isExported(statement) && !isDescribed(statement, parsed))
      .map((statement) => `${file}:${parsed.getLineAndCharacterOfPosition(statement.getStart()).line + 1}`);
  });
  return [figure("docstrings-missing", missing.length, "exports", { atMost: 0 }, listed(missing))];
}

const isExported = (statement: ts.Statement): boolean =>
  ts.canHaveModifiers(statement) &&
  (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);

const isDescribed = (statement: ts.Statement, file: ts.SourceFile): boolean =>
  (ts.getLeadingCommentRanges(file.text, statement.pos) ?? []).some(({ pos }) => file.text.startsWith("/**", pos));

/** The most files that a tenant the house does not know yet touches outside of its own folder; test/house proves that it works then. */
function sharedFiles(): readonly Figure[] {
  const most = Math.max(...toys.map((toy) => sharedFilesOf(toy).length));
  const detail = toys.map((toy) => `${toy.what}: ${sharedFilesOf(toy).join(", ") || "none"}`).join("; ");
  return [figure("shared-files-touched", most, "files", { atMost: 1 }, detail)];
}

/** Product code that stands twice. */
function duplicateLines(): readonly Figure[] {
  const found = findDuplicates(sources);
  const detail = listed(found.map(({ here, there }) => `${here} = ${there}`)) || "none";
  return [
    figure(
      "duplicate-lines",
      found.reduce((sum, { lines }) => sum + lines, 0),
      "lines",
      { atMost: 0 },
      detail,
    ),
  ];
}

/** What a controller in a cluster would carry: the decisions and the judge, unminified. */
function controllerBundle(): readonly Figure[] {
  const folder = mkdtempSync(path.join(tmpdir(), "house-"));
  try {
    const out = path.join(folder, "controller.mjs");
    const entry = path.join(repository, "components/rollout/index.ts");
    const rolldown = path.join(repository, "node_modules/.bin/rolldown");
    execFileSync(rolldown, [entry, "--file", out, "--platform", "node", "--format", "esm"], {
      cwd: repository,
      stdio: "pipe",
    });
    const text = readFileSync(out, "utf8");
    const imports = [...text.matchAll(/^import .* from "([^"]+)"/gm)].map(([, name]) => name ?? "");
    const detail = `components/rollout and components/analysis; imports ${listed(imports)}; zod ${text.includes("zod") ? "in it" : "not in it"}`;
    return [figure("controller-bundle-kb", statSync(out).size / 1000, "kB", { atMost: 70 }, detail)];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const RACES = 100;

/** Whether what decides ends right when whoever runs it dies, or when there are three of it. */
async function decisions(): Promise<readonly Figure[]> {
  return [
    figure(
      "kills-survived",
      await killsSurvived(),
      "of 1",
      { atLeast: 1 },
      "killed before and after every call of a whole good and a whole bad rollout",
    ),
    figure(
      "ended-reopened",
      await endedReopened(RACES),
      "rollouts",
      { atMost: 0 },
      `in ${RACES} races of three instances and a person who aborts`,
    ),
  ];
}

const report = new Report("house");
await report.take("walls", wallsBroken);
await report.take("rooms", knownRooms);
await report.take("tenants", sharedFiles);
await report.take("files", longestFile);
await report.take("duplicates", duplicateLines);
await report.take("docstrings", docstringsMissing);
await report.take("controller", controllerBundle);
await report.take("decisions", decisions);
report.end();
