import { writeFileSync } from "node:fs";
import path from "node:path";
import { formatProblems } from "../../../components/sources/formats/format-problems.ts";
import { emptyDirectory } from "../conformance.ts";

/** What is wrong with files of one content. */
export function problemsOf(files: Readonly<Record<string, Buffer>>): readonly string[] {
  const folder = emptyDirectory();
  return formatProblems(
    Object.entries(files).map(([name, bytes], index) => {
      const at = path.join(folder, String(index));
      writeFileSync(at, bytes);
      return { path: name, bytes: bytes.length, at };
    }),
  );
}

/** A file of safetensors with this header, and so many bytes behind it. @param length what it says that the header is */
export function safetensors(header: string | object, bytes: number, length?: number): Buffer {
  const text = Buffer.from(typeof header === "string" ? header : JSON.stringify(header));
  const begin = Buffer.alloc(8);
  begin.writeBigUInt64LE(BigInt(length ?? text.length));
  return Buffer.concat([begin, text, Buffer.alloc(bytes)]);
}

/** A whole file of safetensors of one tensor, which it is filled with. @param bytes of all of it, 200 at least */
export function wholeSafetensors(bytes: number, fill: string | number): Buffer {
  const room = bytes - 100;
  const header = JSON.stringify({ w: { dtype: "U8", shape: [room], data_offsets: [0, room] } });
  const file = safetensors(header.padEnd(92), room);
  return file.fill(fill, 100);
}
