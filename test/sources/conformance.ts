import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { hashDirectory, hashOfFiles, type Source } from "../../components/sources/index.ts";
import { SourceError } from "../../components/sources/source.ts";

/** A source with content that a test may change. */
export interface SourceStage {
  readonly source: Source;
  /** Puts a file there, or takes it away. */
  readonly put: (file: string, content: string | undefined) => void | Promise<void>;
  /** Takes everything away, also what this user has fetched of it. */
  readonly remove: () => void | Promise<void>;
}

export function emptyDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), "mlc-source-"));
  onTestFinished(() => {
    makeWritable(directory);
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

function makeWritable(directory: string): void {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) makeWritable(path.join(directory, entry.name));
    else if (entry.isFile()) chmodSync(path.join(directory, entry.name), 0o600);
  }
}

/** Holds a source to the contract. `create` makes a stage whose content is model.json and data/words.txt. */
export function sourceConformance(kind: string, create: () => Promise<SourceStage>): void {
  describe(`source ${kind}`, () => {
    test("what it pins is the hash of the list of its files, the same each time", async () => {
      const { source } = await create();
      const [first, second] = [await source.pin(), await source.pin()];
      expect(first).toEqual(second);
      expect(first.content).toBe(hashOfFiles(first.files));
      expect(first.files.map((file) => file.path)).toEqual(["data/words.txt", "model.json"]);
    });

    test("what is there as pinned has no difference", async () => {
      const { source } = await create();
      const { content, files } = await source.pin();
      expect(await source.verify(content)).toEqual([]);
      expect(await source.verify(content, files)).toEqual([]);
    });

    test("with the list of files a difference names them, without it the content", async () => {
      const { source, put } = await create();
      const { content, files } = await source.pin();
      await put("model.json", "other");
      await put("data/words.txt", undefined);
      await put("new.bin", "x");
      expect(await source.verify(content, files)).toEqual([
        "data/words.txt is missing",
        "model.json was changed",
        "new.bin was added",
      ]);
      expect(await source.verify(content)).toEqual([`its content is ${(await source.pin()).content}`]);
    });

    test("what it opens is the pinned content in plain, read-only files of their own", async () => {
      const { source } = await create();
      const { content, files } = await source.pin();
      const copy = path.join(emptyDirectory(), "copy");
      mkdirSync(copy);
      await source.open(content, copy);
      expect(await hashDirectory(copy)).toBe(content);
      for (const file of files) {
        const { mode, nlink } = lstatSync(path.join(copy, file.path));
        expect({ mode: mode & 0o777, nlink }, file.path).toEqual({ mode: 0o444, nlink: 1 });
      }
    });

    test("what is gone is said in one sentence, with what to do", async () => {
      const { source, remove } = await create();
      const { content } = await source.pin();
      await remove();
      const copy = emptyDirectory();
      const ways = [() => source.pin(), () => source.verify(content), () => source.open(content, copy)];
      for (const ask of ways) {
        const error = await ask().then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error).toBeInstanceOf(SourceError);
        expect(error).toMatchObject({ seen: expect.stringMatching(/./), cure: expect.stringMatching(/\.$/) });
      }
      expect(readdirSync(copy)).toEqual([]);
    });
  });
}
