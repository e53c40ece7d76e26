import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { expect, test } from "vitest";
import { differencesOf, parseFileList, renderFileList } from "../../components/sources/file-list.ts";
import { hashDirectory, hashOfFiles, listDirectory } from "../../components/sources/index.ts";
import { emptyDirectory } from "./conformance.ts";

const hex = fc.stringMatching(/^[0-9a-f]{64}$/);
const lists = fc.uniqueArray(
  fc.record({ path: fc.stringMatching(/^[a-z0-9 äß/.]{1,20}$/), hash: hex, bytes: fc.nat() }),
  { selector: ({ path: name }) => name, maxLength: 20 },
);

test("a list is read back as it was written, by its pin", () => {
  fc.assert(
    fc.property(lists, (files) => {
      const listed = files.map(({ path: name, hash }) => ({ path: name, hash }));
      expect(parseFileList(renderFileList(files), hashOfFiles(files))).toEqual(listed);
    }),
  );
});

test("a list that was changed is not the list of the pin", () => {
  fc.assert(
    fc.property(lists, fc.nat(), hex, (files, at, other) => {
      const text = renderFileList(files);
      const content = hashOfFiles(files);
      fc.pre(content !== other && text.length > 0);
      const cut = at % text.length;
      expect(parseFileList(text.slice(0, cut) + text.slice(cut + 1), content)).toBeUndefined();
      expect(parseFileList(text, other)).toBeUndefined();
    }),
  );
});

test("sha256sum reads it in the directory it is the list of", async () => {
  const root = emptyDirectory();
  const directory = path.join(root, "model");
  mkdirSync(path.join(directory, "data"), { recursive: true });
  writeFileSync(path.join(directory, "model.json"), "{}");
  writeFileSync(path.join(directory, "data/größe 1.txt"), "ä");
  const list = path.join(root, "list.files");
  writeFileSync(list, renderFileList(await listDirectory(directory)));
  const said = execFileSync("sha256sum", ["--check", "--strict", list], { cwd: directory, encoding: "utf8" });
  expect(said).toBe("data/größe 1.txt: OK\nmodel.json: OK\n");
  const sum = execFileSync("sha256sum", [list], { encoding: "utf8" }).slice(0, 64);
  expect(sum).toBe(await hashDirectory(directory));
});

test("differences are exactly what was taken away, changed and added", () => {
  fc.assert(
    fc.property(lists, lists, (wanted, found) => {
      const differences = differencesOf(wanted, found);
      const count = (
        of: typeof wanted,
        by: (path: string) => string | undefined,
        holds: (a: string, b?: string) => boolean,
      ) => of.filter(({ path: name, hash }) => holds(hash, by(name))).length;
      const in_ = (of: typeof wanted) => (name: string) => of.find((file) => file.path === name)?.hash;
      expect(differences.filter((line) => line.endsWith(" is missing"))).toHaveLength(
        count(wanted, in_(found), (_, b) => b === undefined),
      );
      expect(differences.filter((line) => line.endsWith(" was changed"))).toHaveLength(
        count(wanted, in_(found), (a, b) => b !== undefined && a !== b),
      );
      expect(differences.filter((line) => line.endsWith(" was added"))).toHaveLength(
        count(found, in_(wanted), (_, b) => b === undefined),
      );
    }),
  );
});
