import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { archiveVersion } from "../../components/platforms/local/state-folder/archive.ts";
import { verifyArchive } from "../../components/platforms/local/state-folder/archive-damage.ts";
import { openStateFolder } from "../../components/platforms/local/state-folder/folder.ts";
import { hashDirectory } from "../../components/sources/index.ts";
import { directorySource } from "../support/directory-source.ts";

const code = path.resolve(import.meta.dirname, "../../components/platforms/local/state-folder");
const name = { model: "sentiment", version: "v1" };

/** A process that archives until it is ended, and says when it begins. */
const archiver = (root: string, request: object, source: string): string => `
const { archiveVersion, removeArchive } = await import(${JSON.stringify(`${code}/archive.ts`)});
const { openStateFolder } = await import(${JSON.stringify(`${code}/folder.ts`)});
const folder = openStateFolder(${JSON.stringify(root)});
const { directorySource } = await import(${JSON.stringify(path.resolve(import.meta.dirname, "../support/directory-source.ts"))});
const request = { ...${JSON.stringify(request)}, source: directorySource(${JSON.stringify(source)}) };
console.log("begins");
for (;;) {
  await archiveVersion(folder, request);
  removeArchive(folder, request);
}`;

test("archiving is killed at any moment: there is a whole archive or none, and the next run makes one", async () => {
  const dir = mkdtempSync(path.join(tmpdir(), "mlc-kill-"));
  try {
    const source = path.join(dir, "source");
    mkdirSync(source);
    for (let i = 0; i < 40; i++) writeFileSync(path.join(source, `part-${i}`), "x".repeat(10_000));
    const folder = openStateFolder(path.join(dir, "state"));
    const asked = { ...name, content: await hashDirectory(source), reason: "over" };
    const request = { ...asked, source: directorySource(source) };
    for (let round = 0; round < 8; round++) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", archiver(folder.root, asked, source)], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await new Promise((begins) => child.stdout.once("data", begins));
      const ended = new Promise((end) => child.once("exit", end));
      await sleep(7 * round);
      child.kill("SIGKILL");
      await ended;
      const { manifest } = await archiveVersion(folder, request);
      expect(await verifyArchive(folder, name)).toBe(true);
      // Killed while it puts a damaged copy right, too.
      const place = folder.path("archive/sentiment/v1");
      mkdirSync(path.join(place, `.artifact.0000000${round}.tmp`));
      chmodSync(path.join(place, "artifact/part-0"), 0o644);
      writeFileSync(path.join(place, "artifact/part-0"), "y");
      expect((await archiveVersion(folder, request)).manifest).toEqual(manifest);
      expect(readdirSync(place).toSorted()).toEqual(["artifact", "manifest.json"]);
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
