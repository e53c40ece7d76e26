import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  type ArchiveRequest,
  archiveVersion,
  removeArchive,
} from "../../../../components/platforms/local/state-folder/archive.ts";
import {
  findArchiveDamage,
  verifyArchive,
} from "../../../../components/platforms/local/state-folder/archive-damage.ts";
import { removeArtifact, storeArtifact } from "../../../../components/platforms/local/state-folder/artifacts.ts";
import { openStateFolder, type StateFolder } from "../../../../components/platforms/local/state-folder/folder.ts";
import { archivePath, artifactPath } from "../../../../components/platforms/local/state-folder/paths.ts";
import { hashDirectory, hashOfFiles } from "../../../../components/spec/directory-hash.ts";

const now = new Date("2026-11-24T00:00:00Z");
const name = { model: "sentiment", version: "v1" };

let parent: string;
let folder: StateFolder;
let request: ArchiveRequest;
beforeEach(async () => {
  parent = mkdtempSync(join(tmpdir(), "mlc-archive-"));
  folder = openStateFolder(join(parent, "state"));
  request = { ...name, sha256: await storeModel("[1]"), retentionDays: 30, reason: "retired", by: "ann@build" };
});
afterEach(() => rmSync(parent, { recursive: true }));

async function storeModel(weights: string): Promise<string> {
  const source = join(parent, "source");
  mkdirSync(source, { recursive: true });
  writeFileSync(join(source, "model.json"), "{}");
  writeFileSync(join(source, "weights.json"), weights);
  const sha256 = await hashDirectory(source);
  await storeArtifact(folder, source, sha256);
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
    sha256: request.sha256,
    by: "ann@build",
    reason: "retired",
    archivedAt: "2026-11-24T00:00:00.000Z",
    retentionUntil: "2026-12-24T00:00:00.000Z",
    metrics: { accuracy: 0.85 },
  });
  expect(manifest.files.map(({ path }) => path)).toEqual(["model.json", "weights.json"]);
  expect(JSON.parse(readFileSync(inArchive("manifest.json"), "utf8"))).toEqual(manifest);
  expect(readFileSync(inArchive("artifact", "weights.json"), "utf8")).toBe("[1]");
});

test("an archive outlives its artifact", async () => {
  const { manifestSha256 } = await archiveVersion(folder, request, now);
  await removeArtifact(folder, request.sha256);
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
      ? { ...file, sha256: "4ed1a6fb7c0e4e2a4a4a0b4f5a4ab1c2d2d8ad3a8ae63a6d4f4cb2ce6f3a8b1f" }
      : file,
  );
  rewrite(inArchive("manifest.json"), JSON.stringify({ ...manifest, files }));
  expect(await findArchiveDamage(folder, name)).toContain("manifest.json: the files do not give the content hash");
});

test("a manifest rewritten without a flaw is found by its own hash", async () => {
  const { manifest, manifestSha256 } = await archiveVersion(folder, request, now);
  const files = manifest.files.slice(1);
  rmSync(inArchive("artifact", "model.json"));
  rewrite(inArchive("manifest.json"), JSON.stringify({ ...manifest, files, sha256: hashOfFiles(files) }));
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
  const weights = join(folder.path(artifactPath(request.sha256)), "weights.json");
  rewrite(weights, "[2]");
  await expect(archiveVersion(folder, request, now)).rejects.toThrow("no artifact here has its content");
  await removeArtifact(folder, request.sha256);
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
  await expect(archiveVersion(folder, { ...request, sha256: await storeModel("[2]") }, now)).rejects.toThrow(
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
