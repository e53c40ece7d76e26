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

test("a file that is not of the format that its name says is refused when it is pinned and when it is compared", async () => {
  const { source, put } = await stage();
  const { content } = await source.pin();
  put("model.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n");
  put("model.onnx", "not a graph");
  const refused = {
    seen: expect.stringMatching(
      /^models\/v1: model\.onnx is no ONNX.*; model\.safetensors is a pointer of Git LFS, and not the file \(git lfs pull fetches it\)$/,
    ),
    allowed: "whole files of the format that their names say, with all that they refer to beside them",
    field: "path",
  };
  await expect(source.pin()).rejects.toMatchObject(refused);
  await expect(source.verify(content)).rejects.toMatchObject(refused);
});
