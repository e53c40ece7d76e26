import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { hashOfFiles } from "../directory-hash.ts";
import { differencesOf } from "../file-list.ts";
import type { LoadSource } from "../source.ts";
import type { ResolvedToySource } from "./document.ts";

/** What content comes from by `source: { kind: toy }`: a file `text` with the line of the document. */
export const load: LoadSource<Omit<ResolvedToySource, "content">> = ({ text }) => {
  const line = `${text}\n`;
  const hash = createHash("sha256").update(line).digest("hex");
  const files = [{ path: "text", hash, bytes: Buffer.byteLength(line) }];
  const content = hashOfFiles(files);
  return {
    name: text,
    place: "the document",
    pin: async () => ({ content, files }),
    verify: async (wanted, list) =>
      wanted === content ? [] : list === undefined ? [`its content is ${content}`] : differencesOf(list, files),
    open: async (_content, directory) => writeFileSync(join(directory, "text"), line, { mode: 0o444 }),
    read: async (path) => (path === "text" ? line : undefined),
  };
};
