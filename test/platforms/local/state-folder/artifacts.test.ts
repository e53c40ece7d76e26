import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  removeArtifact,
  storeArtifact,
  verifyArtifact,
} from "../../../../components/platforms/local/state-folder/artifacts.ts";
import { openStateFolder, type StateFolder } from "../../../../components/platforms/local/state-folder/folder.ts";
import { artifactPath } from "../../../../components/platforms/local/state-folder/paths.ts";
import { hashDirectory } from "../../../../components/sources/directory-hash.ts";
import { directorySource } from "../../../support/directory-source.ts";

let parent: string;
let source: string;
let folder: StateFolder;
let sha256: string;
beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), "mlc-artifact-"));
  source = join(parent, "v1");
  mkdirSync(join(source, "weights"), { recursive: true });
  writeFileSync(join(source, "model.json"), "{}");
  writeFileSync(join(source, "weights", "w.json"), "[1]");
  folder = openStateFolder(join(parent, "state"));
  sha256 = await hashDirectory(source);
});
afterEach(() => rmSync(parent, { recursive: true }));

const stored = (...names: readonly string[]): string => join(folder.path(artifactPath(sha256)), ...names);
const change = (file: string, text: string): void => {
  chmodSync(file, 0o644);
  writeFileSync(file, text);
};
function replaceByFile(path: string): void {
  rmSync(path, { recursive: true });
  writeFileSync(path, "");
}

test("a stored artifact has the content of its source, and its files are read-only", async () => {
  await storeArtifact(folder, directorySource(source), sha256);
  expect(readFileSync(stored("weights", "w.json"), "utf8")).toBe("[1]");
  expect(statSync(stored("model.json")).mode & 0o777).toBe(0o444);
  expect(await verifyArtifact(folder, sha256)).toBe(true);
  expect(readdirSync(folder.path("artifacts"))).toEqual([sha256]);
});

test("an artifact stored again stays the same", async () => {
  await storeArtifact(folder, directorySource(source), sha256);
  const before = statSync(stored()).ino;
  await storeArtifact(folder, directorySource(source), sha256);
  expect(statSync(stored()).ino).toBe(before);
});

test("a source with other content is refused with path, seen, allowed and cure, and nothing stays", async () => {
  change(join(source, "model.json"), '{"other": true}');
  const seen = await hashDirectory(source);
  await expect(storeArtifact(folder, directorySource(source), sha256)).rejects.toThrow(
    `${source}: content with sha256 ${seen}; allowed: the pinned content, sha256 ${sha256}. Bring the files back; or, when the change is meant, run \`mlc pin\` and have the new hash reviewed.`,
  );
  expect(readdirSync(folder.path("artifacts"))).toEqual([]);
});

test("a source that is missing, or holds a link, is refused", async () => {
  await expect(storeArtifact(folder, directorySource(join(parent, "none")), sha256)).rejects.toThrow(
    "Correct the path, or put the files there.",
  );
  symlinkSync("/etc/passwd", join(source, "link"));
  await expect(storeArtifact(folder, directorySource(source), sha256)).rejects.toThrow("symbolic link");
});

test.each([
  ["changed", () => change(stored("model.json"), "{ }")],
  ["removed", () => rmSync(stored("weights", "w.json"))],
  ["added", () => writeFileSync(stored("extra"), "")],
  ["replaced", () => replaceByFile(stored())],
])("a stored artifact with something %s is noticed, and put right by storing it again", async (_what, tamper) => {
  await storeArtifact(folder, directorySource(source), sha256);
  tamper();
  expect(await verifyArtifact(folder, sha256)).toBe(false);
  await storeArtifact(folder, directorySource(source), sha256);
  expect(await verifyArtifact(folder, sha256)).toBe(true);
});

test("an intact artifact needs its source no more", async () => {
  await storeArtifact(folder, directorySource(source), sha256);
  rmSync(source, { recursive: true });
  await storeArtifact(folder, directorySource(source), sha256);
  expect(await verifyArtifact(folder, sha256)).toBe(true);
});

test("a removed artifact is gone, and may be removed again", async () => {
  await storeArtifact(folder, directorySource(source), sha256);
  await removeArtifact(folder, sha256);
  await removeArtifact(folder, sha256);
  expect(existsSync(stored())).toBe(false);
  expect(await verifyArtifact(folder, sha256)).toBe(false);
});
