import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { openContentStore } from "../../components/sources/fetched/content-store.ts";
import { fetchBlob } from "../../components/sources/fetched/fetch-blob.ts";
import { loadSource } from "../../components/sources/load-source.ts";
import { emptyDirectory } from "../sources/conformance.ts";
import { serve } from "../sources/stand-ins/http.ts";

test("a hundred thousand files have one pin", { timeout: 900_000 }, async () => {
  const root = mkdtempSync(path.join(tmpdir(), "mlc-large-"));
  try {
    const names = Array.from({ length: 100_000 }, (_, index) => `${index % 100}/${index}.txt`);
    for (let folder = 0; folder < 100; folder += 1)
      mkdirSync(path.join(root, "m", String(folder)), { recursive: true });
    for (const name of names) writeFileSync(path.join(root, "m", name), "x");
    const { content, files } = await (await loadSource({ kind: "path", path: "m" }, { root })).pin();
    const line = `${createHash("sha256").update("x").digest("hex")}  `;
    const list = names.toSorted((one, other) => (one < other ? -1 : 1)).map((name) => `${line}${name}\n`);
    expect(files).toHaveLength(100_000);
    expect(content).toBe(createHash("sha256").update(list.join("")).digest("hex"));
  } finally {
    rmSync(root, { recursive: true });
  }
});

const GIGABYTES_3 = 3_000_000_000;

/** Of three gigabytes of zeros: `head -c 3000000000 /dev/zero | sha256sum`. */
const hash = "16b29649590001513483bb869fd5b39a6a8d3f2aea76680cea66d3feb21a2243";

test("a file of three gigabytes is pinned where it lies, and a fetch of it goes on behind two", {
  timeout: 900_000,
}, async () => {
  const root = emptyDirectory();
  mkdirSync(path.join(root, "m"));
  writeFileSync(path.join(root, "m/weights.bin"), "");
  truncateSync(path.join(root, "m/weights.bin"), GIGABYTES_3);
  const source = await loadSource({ kind: "path", path: "m" }, { root });
  expect((await source.pin()).files).toEqual([{ path: "weights.bin", bytes: GIGABYTES_3, hash }]);

  const chunk = Buffer.alloc(1_000_000);
  const server = await serve((request, response) => {
    const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const headers = { "content-length": GIGABYTES_3 - from };
    if (from === 0) response.writeHead(200, headers);
    else response.writeHead(206, { ...headers, "content-range": `bytes ${from}-${GIGABYTES_3 - 1}/${GIGABYTES_3}` });
    let left = from === 0 ? 2_500_000_000 : GIGABYTES_3 - from;
    const send = (): void => {
      for (; left > 0; left -= chunk.length) {
        if (!response.write(chunk.subarray(0, left))) {
          left -= chunk.length;
          return void response.once("drain", send);
        }
      }
      if (from > 0) response.end();
      else response.socket?.end();
    };
    send();
  });
  const store = openContentStore(emptyDirectory());
  let come = 0;
  const arrived = (bytes: number): void => {
    come += bytes;
  };
  const fetching = { store, place: "test", arrived };
  const request = () => ({ url: server.origin });
  await fetchBlob(fetching, { path: "weights.bin", bytes: GIGABYTES_3, hash, request });
  expect(server.asked.map(({ range }) => range)).toEqual([undefined, expect.stringMatching(/^bytes=2[45]\d{8}-$/)]);
  expect({ come, bytes: statSync(store.pathOf(hash)).size }).toEqual({ come: GIGABYTES_3, bytes: GIGABYTES_3 });
});
