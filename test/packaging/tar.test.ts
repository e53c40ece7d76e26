import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import fc from "fast-check";
import { expect, test } from "vitest";
import { renderTar } from "../../components/packaging/tar.ts";
import { emptyDirectory } from "../sources/conformance.ts";

async function archived(files: Readonly<Record<string, string>>): Promise<Buffer> {
  const folder = emptyDirectory();
  const entries = Object.entries(files).map(([name, content], index) => {
    const file = path.join(folder, String(index));
    writeFileSync(file, content);
    return { path: name, file, bytes: Buffer.byteLength(content) };
  });
  const chunks: Uint8Array[] = [];
  for await (const chunk of renderTar([{ path: "model", directory: true }, ...entries])) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** What the system's own tar takes out of it. */
function extracted(archive: Buffer): string {
  const folder = emptyDirectory();
  execFileSync("tar", ["--extract", "--file", "-", "--directory", folder], { input: archive });
  return folder;
}

test("the system's tar finds every file in it, whatever its name and length", async () => {
  const name = fc
    .stringMatching(/^[a-zäöü漢 .%+-]{1,40}$/)
    .filter((each) => each.trim() === each && !/^\.*$/.test(each));
  const files = fc.dictionary(
    fc.array(name, { minLength: 1, maxLength: 6 }).map((parts) => `model/${parts.length}/${parts.join("_")}`),
    fc.string({ maxLength: 1200 }),
    {
      maxKeys: 5,
    },
  );
  await fc.assert(
    fc.asyncProperty(files, async (given) => {
      const folder = extracted(await archived(given));
      for (const [file, content] of Object.entries(given))
        expect(readFileSync(path.join(folder, file), "utf8")).toBe(content);
    }),
    { numRuns: 25 },
  );
});

test("everything belongs to root, may be read by everybody, and has no time", async () => {
  const listed = execFileSync("tar", ["--list", "--verbose", "--numeric-owner", "--utc", "--file", "-"], {
    input: await archived({ "model/model.json": "{}" }),
    encoding: "utf8",
  });
  expect(listed.split("\n")).toEqual([
    expect.stringMatching(/^drwxr-xr-x 0\/0 +0 1970-01-01 00:00 model\/$/),
    expect.stringMatching(/^-rw-r--r-- 0\/0 +2 1970-01-01 00:00 model\/model.json$/),
    "",
  ]);
});

test("a file that grows meanwhile ends it", async () => {
  const folder = emptyDirectory();
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, "growing");
  writeFileSync(file, "more");
  const archive = Readable.from(renderTar([{ path: "growing", file, bytes: 3 }]));
  await expect(text(archive)).rejects.toThrow(`${file} had 3 bytes and has 4: somebody writes it`);
});
