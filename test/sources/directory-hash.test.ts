import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { hashDirectory, hashOfFiles, listDirectory } from "../../components/sources/index.ts";

let directory = "";

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "directory-hash-"));
});

afterEach(() => {
  rmSync(directory, { recursive: true });
});

function put(path: string, content: string | Buffer): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true });
  writeFileSync(join(directory, path), content);
}

const sha256 = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

describe("the directory hash", () => {
  test("is the sha256 over one line for each file, in byte order of the paths", async () => {
    put("model.json", "{}");
    put("vocabulary/words.txt", "good\nbad\n");
    put("Z.txt", "");
    put("a-b/c.txt", "x");
    put("a/b.txt", "y");
    const lines = ["Z.txt", "a-b/c.txt", "a/b.txt", "model.json", "vocabulary/words.txt"];
    const files = await listDirectory(directory);
    expect(files.map(({ path }) => path)).toEqual(lines);
    expect(files.at(-1)).toEqual({ path: "vocabulary/words.txt", hash: sha256("good\nbad\n"), bytes: 9 });
    const expected = sha256(files.map((file) => `${file.hash}  ${file.path}\n`).join(""));
    expect(await hashDirectory(directory)).toBe(expected);
    expect(hashOfFiles(files)).toBe(expected);
  });

  test("can be recomputed with the documented shell command", async () => {
    put("model.json", "{}");
    put("data/größe 1.txt", "ä");
    put("data/zz.bin", Buffer.from([0, 255, 10]));
    put("data/😀.txt", "1");
    put("data/～.txt", "2");
    const command =
      "find . -type f | sed 's|^\\./||' | LC_ALL=C sort | xargs -d '\\n' sha256sum | sha256sum | cut -d ' ' -f 1";
    const shell = execFileSync("bash", ["-c", command], { cwd: directory, encoding: "utf8" }).trim();
    expect(await hashDirectory(directory)).toBe(shell);
  });

  test("does not depend on modes, times or empty directories", async () => {
    put("model.json", "{}");
    const before = await hashDirectory(directory);
    chmodSync(join(directory, "model.json"), 0o444);
    utimesSync(join(directory, "model.json"), 1, 1);
    mkdirSync(join(directory, "empty/below"), { recursive: true });
    expect(await hashDirectory(directory)).toBe(before);
  });

  test("changes with a byte, with a name and with a boundary between files", async () => {
    put("a", "12");
    put("b", "3");
    const first = await hashDirectory(directory);
    put("a", "1");
    put("b", "23");
    const second = await hashDirectory(directory);
    rmSync(join(directory, "b"));
    put("c", "23");
    const third = await hashDirectory(directory);
    expect(new Set([first, second, third]).size).toBe(3);
  });

  test("covers a file larger than one chunk of its stream", async () => {
    const content = Buffer.alloc(300_000, 7);
    put("weights.bin", content);
    expect(await listDirectory(directory)).toEqual([{ path: "weights.bin", hash: sha256(content), bytes: 300_000 }]);
  });
});

describe("what cannot be pinned is refused", () => {
  test("a symbolic link, even to a file inside", async () => {
    put("model.json", "{}");
    symlinkSync("model.json", join(directory, "latest"));
    await expect(hashDirectory(directory)).rejects.toThrow(`${join(directory, "latest")} is a symbolic link`);
  });

  test("a link to a directory in the place of the directory", async () => {
    put("real/model.json", "{}");
    symlinkSync("real", join(directory, "link"));
    await expect(hashDirectory(join(directory, "link"))).rejects.toThrow("is not a directory");
  });

  test("a named pipe", async () => {
    put("model.json", "{}");
    execFileSync("bash", ["-c", 'mkfifo "$0"', join(directory, "pipe")]);
    await expect(hashDirectory(directory)).rejects.toThrow(`${join(directory, "pipe")} is not a regular file`);
  });

  test("a name that would break its line", async () => {
    put("two\nlines", "");
    await expect(hashDirectory(directory)).rejects.toThrow("a newline or a backslash in a name");
  });

  test("a directory without files", async () => {
    await expect(hashDirectory(directory)).rejects.toThrow("holds no file");
  });

  test("a directory that is not there", async () => {
    await expect(hashDirectory(join(directory, "nowhere"))).rejects.toThrow("ENOENT");
  });
});
