import { execFileSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type ArchiveRequest,
  archiveVersion,
  removeArchive,
} from "../../../../components/platforms/local/state-folder/archive.ts";
import {
  findArchiveDamage,
  requireArchive,
  verifyArchive,
} from "../../../../components/platforms/local/state-folder/archive-damage.ts";
import { removeArtifact, storeArtifact } from "../../../../components/platforms/local/state-folder/artifacts.ts";
import { openStateFolder, type StateFolder } from "../../../../components/platforms/local/state-folder/folder.ts";
import { archivePath, artifactPath, recordPath } from "../../../../components/platforms/local/state-folder/paths.ts";
import { asRecorded } from "../../../../components/sources/content.ts";
import { hashDirectory, hashOfFiles } from "../../../../components/sources/directory-hash.ts";
import type { Source } from "../../../../components/sources/source.ts";
import { directorySource } from "../../../support/directory-source.ts";

const now = new Date("2026-11-24T00:00:00Z");
const name = { model: "sentiment", version: "v1" };

let parent: string;
let folder: StateFolder;
let request: ArchiveRequest;
beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), "mlc-archive-"));
  folder = openStateFolder(join(parent, "state"));
  request = { ...name, content: await storeModel("[1]"), retentionDays: 30, reason: "retired", by: "ann@build" };
});
afterEach(() => rmSync(parent, { recursive: true }));

async function storeModel(weights: string): Promise<string> {
  const source = join(parent, "source");
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, "model.json"), "{}");
  writeFileSync(join(source, "weights.json"), weights);
  const sha256 = await hashDirectory(source);
  await storeArtifact(folder, directorySource(source), sha256);
  return sha256;
}

const inArchive = (...names: readonly string[]): string => join(folder.path(archivePath("sentiment", "v1")), ...names);
const rewrite = (file: string, text: string): void => {
  chmodSync(file, 0o644);
  writeFileSync(file, text);
};

test("an archive holds the files and says what, who, why, when and how long", async () => {
  const { uri, manifest } = await archiveVersion(folder, { ...request, metrics: { accuracy: 0.85 } }, now);
  expect(fileURLToPath(uri)).toBe(inArchive());
  expect(manifest).toMatchObject({
    format: 1,
    ...name,
    content: request.content,
    by: "ann@build",
    reason: "retired",
    archivedAt: "2026-11-24T00:00:00.000Z",
    retentionUntil: "2026-12-24T00:00:00.000Z",
    metrics: { accuracy: 0.85 },
  });
  expect(manifest.files.map(({ path }) => path)).toEqual(["model.json", "weights.json"]);
  expect(JSON.parse(readFileSync(inArchive("manifest.json"), "utf8"))).toEqual(asRecorded(manifest));
  expect(readFileSync(inArchive("manifest.json"), "utf8")).toContain(`"sha256": "${request.content}"`);
  expect(readFileSync(inArchive("artifact", "weights.json"), "utf8")).toBe("[1]");
});

test("an archive outlives its artifact", async () => {
  const { manifestSha256 } = await archiveVersion(folder, request, now);
  await removeArtifact(folder, request.content);
  expect(await verifyArchive(folder, { ...name, manifestSha256 })).toBe(true);
});

test.each([
  ["a changed file", () => rewrite(inArchive("artifact", "weights.json"), "[2]"), "artifact/weights.json was changed"],
  ["a missing file", () => rmSync(inArchive("artifact", "weights.json")), "artifact/weights.json is missing"],
  ["an added file", () => writeFileSync(inArchive("artifact", "extra"), ""), "artifact/extra was added"],
])("%s is found", async (_what, tamper, damage) => {
  await archiveVersion(folder, request, now);
  tamper();
  expect(await findArchiveDamage(folder, name)).toEqual([damage]);
  expect(await verifyArchive(folder, name)).toBe(false);
});

test("a file changed together with its line of the manifest is found", async () => {
  const { manifest } = await archiveVersion(folder, request, now);
  rewrite(inArchive("artifact", "weights.json"), "[2]");
  const files = manifest.files.map((file) =>
    file.path === "weights.json"
      ? { ...file, hash: "4ed1a6fb7c0e4e2a4a4a0b4f5a4ab1c2d2d8ad3a8ae63a6d4f4cb2ce6f3a8b1f" }
      : file,
  );
  rewrite(inArchive("manifest.json"), JSON.stringify(asRecorded({ ...manifest, files })));
  expect(await findArchiveDamage(folder, name)).toContain("manifest.json: the files do not give the content hash");
});

test("a manifest rewritten without a flaw is found by its own hash", async () => {
  const { manifest, manifestSha256 } = await archiveVersion(folder, request, now);
  const files = manifest.files.slice(1);
  rmSync(inArchive("artifact", "model.json"));
  rewrite(inArchive("manifest.json"), JSON.stringify(asRecorded({ ...manifest, files, content: hashOfFiles(files) })));
  expect(await verifyArchive(folder, name)).toBe(true);
  expect(await findArchiveDamage(folder, { ...name, manifestSha256 })).toEqual(["manifest.json was changed"]);
});

test("a damaged manifest, or none, is no archive", async () => {
  expect(await findArchiveDamage(folder, name)).toEqual(["there is no such archive"]);
  await archiveVersion(folder, request, now);
  rewrite(inArchive("manifest.json"), "{");
  expect(await findArchiveDamage(folder, name)).toEqual(["manifest.json is damaged"]);
});

test("an artifact that is missing, or was changed, is not archived", async () => {
  const weights = join(folder.path(artifactPath(request.content)), "weights.json");
  rewrite(weights, "[2]");
  await expect(archiveVersion(folder, request, now)).rejects.toThrow("no artifact here has its content");
  await removeArtifact(folder, request.content);
  await expect(archiveVersion(folder, request, now)).rejects.toThrow("nothing to archive sentiment v1 from");
  expect(existsSync(inArchive())).toBe(false);
});

test("the same content archived again keeps the archive, and only a longer retention counts", async () => {
  const first = await archiveVersion(folder, request, now);
  expect(await archiveVersion(folder, { ...request, retentionDays: 1 }, now)).toEqual(first);
  const longer = await archiveVersion(folder, { ...request, retentionDays: 60 }, now);
  expect(longer.manifest).toEqual({ ...first.manifest, retentionUntil: "2027-01-23T00:00:00.000Z" });
});

test("another content under the same name is refused", async () => {
  await archiveVersion(folder, request, now);
  await expect(archiveVersion(folder, { ...request, content: await storeModel("[2]") }, now)).rejects.toThrow(
    "An archive is never overwritten",
  );
  expect(await verifyArchive(folder, name)).toBe(true);
});

test("an archive cannot be removed before the end of its retention, and can after it", async () => {
  await archiveVersion(folder, request, now);
  expect(() => removeArchive(folder, name, new Date("2026-12-23T23:59:59Z"))).toThrow(
    "a removal before the end of its retention, 2026-12-24T00:00:00.000Z; allowed: a removal after it. Wait until then; or run the same command with MLC_LEAVE_ARCHIVES=1",
  );
  expect(await verifyArchive(folder, name)).toBe(true);
  removeArchive(folder, name, new Date("2026-12-24T00:00:00Z"));
  removeArchive(folder, name, now);
  expect(existsSync(inArchive())).toBe(false);
});

const touched = (): void => rewrite(inArchive("artifact", "weights.json"), "[2]");

test.each([
  ["a byte was changed", touched],
  ["a file is missing", () => rmSync(inArchive("artifact", "model.json"))],
  ["a file was added", () => writeFileSync(inArchive("artifact", "extra"), "")],
  ["the folder of the files is missing", () => rmSync(inArchive("artifact"), { recursive: true })],
  ["a link stands for a file", () => symlinkSync("/etc/passwd", inArchive("artifact", "link"))],
])("%s: put right from the artifact, or the source, and the record stays", async (_what, damage) => {
  const first = await archiveVersion(folder, request, now);
  damage();
  expect(await verifyArchive(folder, name)).toBe(false);
  expect(await archiveVersion(folder, request, new Date())).toEqual(first);
  expect(await verifyArchive(folder, name)).toBe(true);
  damage();
  await removeArtifact(folder, request.content);
  expect(
    await archiveVersion(folder, { ...request, source: directorySource(join(parent, "source")) }, new Date()),
  ).toEqual(first);
  damage();
  await expect(archiveVersion(folder, request, now)).rejects.toThrow("nothing to archive sentiment v1 from");
});

test("a source finds the directory that it is to fill, also where an archive is put right", async () => {
  await archiveVersion(folder, request, now);
  await removeArtifact(folder, request.content);
  rmSync(inArchive("artifact"), { recursive: true });
  const files = { "model.json": "{}", "weights.json": "[1]" };
  const source: Source = {
    ...directorySource(join(parent, "source")),
    // As one that fetches: it writes files, and makes no directory of somebody else's.
    async open(_content, directory) {
      for (const [file, text] of Object.entries(files)) writeFileSync(join(directory, file), text);
    },
  };
  await archiveVersion(folder, { ...request, source }, now);
  expect(await verifyArchive(folder, name)).toBe(true);
});

test.each([
  ["is damaged", () => rewrite(inArchive("manifest.json"), "{"), "manifest.json is damaged"],
  ["is missing", () => rmSync(inArchive("manifest.json")), "an archive without manifest.json"],
])("an archive whose manifest %s is neither made anew nor removed", async (_what, damage, seen) => {
  await archiveVersion(folder, request, now);
  damage();
  await expect(archiveVersion(folder, request, now)).rejects.toThrow(seen);
  await expect(archiveVersion(folder, request, now)).rejects.toThrow("move this folder away and run `pulumi up`");
  expect(() => removeArchive(folder, name, new Date("2030-01-01T00:00:00Z"))).toThrow(seen);
  expect(existsSync(inArchive("artifact", "weights.json"))).toBe(true);
});

function note(manifestSha256: string, retentionDays: number): void {
  const file = folder.path(recordPath("Archive", "sentiment/v1"));
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ inputs: {}, state: { manifestSha256, retentionDays } }));
}

test("a manifest that is not as it was noted is refused, one whose retention was just made longer is not", async () => {
  const { manifest, manifestSha256 } = await archiveVersion(folder, request, now);
  note(manifestSha256, 30);
  // The process ended between the two: the manifest has the longer retention, the note does not know it.
  const longer = await archiveVersion(folder, { ...request, retentionDays: 60 }, now);
  expect(await verifyArchive(folder, name)).toBe(true);
  expect(await archiveVersion(folder, { ...request, retentionDays: 60 }, now)).toEqual(longer);
  rewrite(inArchive("manifest.json"), `${JSON.stringify(asRecorded({ ...manifest, by: "eve@evil" }), undefined, 2)}\n`);
  expect(await findArchiveDamage(folder, name)).toEqual(["manifest.json was changed"]);
  await expect(archiveVersion(folder, request, now)).rejects.toThrow("manifest.json was changed");
});

test("a retention that was made shorter and then longer again is no change of the record", async () => {
  for (const days of [30, 10, 60]) {
    const { manifestSha256 } = await archiveVersion(folder, { ...request, retentionDays: days }, now);
    note(manifestSha256, days);
    expect(await verifyArchive(folder, name)).toBe(true);
  }
});

test("an archive of another version in its place is found", async () => {
  await archiveVersion(folder, { ...request, version: "v2" }, now);
  renameSync(folder.path(archivePath("sentiment", "v2")), inArchive());
  expect(await findArchiveDamage(folder, name)).toEqual(["manifest.json is that of sentiment v2"]);
});

test("two versions with the same content have an archive each", async () => {
  await archiveVersion(folder, request, now);
  await archiveVersion(folder, { ...request, version: "v2", retentionDays: 0 }, now);
  removeArchive(folder, { ...name, version: "v2" }, now);
  expect(await verifyArchive(folder, name)).toBe(true);
});

test("what an interrupted run left beside the archive does not keep the next one from making it", async () => {
  const left = folder.path(join("archive/sentiment", ".v1.0f0f0f0f.tmp/artifact"));
  mkdirSync(left, { recursive: true });
  writeFileSync(join(left, "weights.json"), "[");
  await archiveVersion(folder, request, now);
  expect(await verifyArchive(folder, name)).toBe(true);
});

test("the retirement of a version asks for its archive, with what to do", async () => {
  await expect(requireArchive(folder, name)).rejects.toThrow(
    'there is no such archive; allowed: a verified archive of v1, which is the record of it once it is retired. Keep retirement.v1.phase at "archived"',
  );
  await archiveVersion(folder, request, now);
  await requireArchive(folder, { ...name, content: request.content });
  await expect(requireArchive(folder, { ...name, content: "0".repeat(64) })).rejects.toThrow("it holds content");
  touched();
  await expect(requireArchive(folder, name)).rejects.toThrow("artifact/weights.json was changed");
});

/** What another user, who has no name, gets for an answer. */
function askedByNobody(call: string): string {
  const at = (file: string) => JSON.stringify(resolve("components/platforms/local/state-folder", file));
  const script = `const { archiveVersion, removeArchive } = await import(${at("archive.ts")});
    const { findArchiveDamage } = await import(${at("archive-damage.ts")});
    const { folderAt } = await import(${at("folder.ts")});
    const folder = folderAt(${JSON.stringify(folder.root)});
    const request = ${JSON.stringify(request)};
    process.setgid(54321); process.setuid(54321);
    try { console.log(JSON.stringify(await ${call})); } catch (error) { console.log(error.message); }`;
  return execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
}

describe.skipIf(process.getuid?.() !== 0)("for another user (seen by root)", () => {
  test("an archive that may not be looked at is told so, and is not called missing or damaged", async () => {
    await archiveVersion(folder, request, now);
    chmodSync(parent, 0o755);
    const seen = `${inArchive()}: it belongs to root, and this user may not look there (EACCES)`;
    const calls = [
      "findArchiveDamage(folder, request)",
      "archiveVersion(folder, request)",
      "removeArchive(folder, request)",
    ];
    for (const call of calls)
      expect(askedByNobody(call)).toContain(`${seen}; allowed: the user who archived it. Run this as root.`);
    chmodSync(folder.root, 0o755);
    chmodSync(folder.path("archive"), 0o755);
    chmodSync(inArchive("artifact", "weights.json"), 0o400);
    expect(askedByNobody("findArchiveDamage(folder, request)")).toContain(seen);
  });

  test("a user without a name archives, and is named by number", async () => {
    chmodSync(parent, 0o755);
    execFileSync("chown", ["-R", "54321:54321", folder.root]);
    const { manifest } = JSON.parse(askedByNobody("archiveVersion(folder, { ...request, by: undefined })"));
    expect(manifest.by).toBe(`uid 54321@${hostname()}`);
  });
});
