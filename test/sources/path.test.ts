import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { loadSource } from "../../components/sources/load-source.ts";
import { emptyDirectory, type SourceStage, sourceConformance } from "./conformance.ts";

async function stage(): Promise<SourceStage> {
  const root = emptyDirectory();
  const put = (file: string, content: string | undefined): void => {
    const place = path.join(root, "models/v1", file);
    mkdirSync(path.dirname(place), { recursive: true });
    if (content === undefined) rmSync(place);
    else writeFileSync(place, content);
  };
  put("model.json", "{}");
  put("data/words.txt", "good\n");
  const source = await loadSource({ kind: "path", path: "models/v1" }, { root });
  return { source, put, remove: () => rmSync(path.join(root, "models"), { recursive: true }) };
}

sourceConformance("path", stage);

test("its name is what the document says, its place where that is", async () => {
  const root = emptyDirectory();
  const { name, place } = await loadSource({ kind: "path", path: "models/v1" }, { root });
  expect({ name, place }).toEqual({ name: "models/v1", place: path.join(root, "models/v1") });
});

test("a symbolic link is refused: what it points to is not pinned", async () => {
  const { source } = await stage();
  symlinkSync("model.json", path.join(source.place, "link.json"));
  await expect(source.pin()).rejects.toMatchObject({
    seen: `${path.join(source.place, "link.json")} is a symbolic link`,
    allowed: "a directory of regular files",
    cure: "Remove what cannot be pinned.",
    field: "path",
  });
});
