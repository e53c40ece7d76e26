import { createHash, randomBytes } from "node:crypto";
import { chmodSync, globSync, readFileSync, statSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { keyOf, openContentStore } from "../../../components/sources/fetched/content-store.ts";
import { fetchBlob } from "../../../components/sources/fetched/fetch-blob.ts";
import type { RemoteFile } from "../../../components/sources/fetched/remote.ts";
import { emptyDirectory } from "../conformance.ts";
import { type Manner, type Served, sendFile, serve } from "../stand-ins/http.ts";
import { killDownload } from "./killed-download.ts";

const bytes = randomBytes(300_000);
const sha256Of = (data: Buffer) => createHash("sha256").update(data).digest("hex");
const sha256 = sha256Of(bytes);

/** A file behind a server that hands it out in this manner, the first answer first; the last manner stays. */
async function stage(manners: readonly (Manner & { readonly bytes?: Buffer })[]) {
  let count = 0;
  const server: Served = await serve((request: IncomingMessage, response: ServerResponse) => {
    const manner = manners[Math.min(count, manners.length - 1)] ?? {};
    count += 1;
    sendFile(request, response, manner.bytes ?? bytes, manner);
  });
  const root = emptyDirectory();
  const store = openContentStore(root);
  const arrived: number[] = [];
  const file: RemoteFile = {
    path: "model.bin",
    bytes: bytes.length,
    hash: sha256,
    request: () => ({ url: `${server.origin}/model.bin` }),
  };
  const fetching = { store, place: "test", arrived: (length: number) => void arrived.push(length) };
  const ranges = () => server.asked.map(({ range }) => range ?? "all");
  return { server, store, root, file, fetching, arrived, ranges };
}

const sum = (numbers: readonly number[]) => numbers.reduce((all, each) => all + each, 0);
const whole = (root: string) => globSync("files/*/*", { cwd: root }).map((path) => path.slice(-64));

describe("a download that is cut", () => {
  test("is gone on with, and no byte is fetched twice", async () => {
    const { fetching, file, ranges, arrived, store } = await stage([{ cutAfter: 100_000 }, {}]);
    expect(await fetchBlob(fetching, file)).toEqual({ path: "model.bin", bytes: bytes.length, hash: sha256 });
    expect(ranges()).toEqual(["all", "bytes=100000-"]);
    expect(sum(arrived)).toBe(bytes.length);
    expect(readFileSync(store.pathOf(sha256)).equals(bytes)).toBe(true);
  });

  test("begins anew at a server that ignores ranges", async () => {
    const { fetching, file, ranges } = await stage([
      { cutAfter: 100_000, ignoresRanges: true },
      { ignoresRanges: true },
    ]);
    expect(await fetchBlob(fetching, file)).toMatchObject({ hash: sha256 });
    expect(ranges()).toEqual(["all", "bytes=100000-"]);
  });

  test("is noticed by the listed size where the server tells no length", async () => {
    const { fetching, file, ranges } = await stage([{ cutAfter: 1000, isChunked: true }, {}]);
    expect(await fetchBlob(fetching, file)).toMatchObject({ hash: sha256 });
    expect(ranges()).toEqual(["all", "bytes=1000-"]);
  });

  test("ends in an error when several tries in a row bring nothing, and stays for later", async () => {
    const { fetching, file, root } = await stage([{ cutAfter: 100_000 }, { cutAfter: 0 }]);
    await expect(fetchBlob(fetching, file)).rejects.toThrow(/model.bin: http:\/\/127\.0\.0\.1:\d+ broke off/);
    expect(whole(root)).toEqual([]);
    expect(globSync("parts/*", { cwd: root }).map((path) => statSync(join(root, path)).size)).toContain(100_000);
  }, 30_000);

  test("of which both halves are of other files is fetched once more as a whole", async () => {
    const other = randomBytes(bytes.length);
    const { fetching, file, ranges } = await stage([{ cutAfter: 100_000, bytes: other }, {}]);
    expect(await fetchBlob(fetching, file)).toMatchObject({ hash: sha256 });
    expect(ranges()).toEqual(["all", "bytes=100000-", "all"]);
  });
});

describe("where no hash is known beforehand", () => {
  test("a cut is gone on with under the same entity tag alone", async () => {
    const { fetching, file, ranges } = await stage([{ cutAfter: 100_000, tag: '"a"' }, { tag: '"a"' }]);
    const { hash: _, ...listed } = file;
    expect(await fetchBlob(fetching, listed)).toMatchObject({ hash: sha256 });
    expect(ranges()).toEqual(["all", "bytes=100000-"]);
  });

  test("another tag, or none, begins anew: halves of two files would pass for one", async () => {
    const other = randomBytes(bytes.length);
    for (const [before, after] of [
      ['"a"', '"b"'],
      [undefined, undefined],
    ] as const) {
      const tagged = (tag: string | undefined) => (tag === undefined ? {} : { tag });
      const { fetching, file } = await stage([{ cutAfter: 100_000, bytes: other, ...tagged(before) }, tagged(after)]);
      const { hash: _, ...listed } = file;
      expect(await fetchBlob(fetching, listed)).toMatchObject({ hash: sha256 });
    }
  });

  test("what came whole before, and was not named yet, is asked for again by its tag", async () => {
    const { fetching, file, store, ranges } = await stage([{ tag: '"b"' }]);
    const { hash: _, ...listed } = file;
    const part = store.partOf(keyOf("test", "model.bin", bytes.length, undefined, undefined));
    writeFileSync(part.file, randomBytes(bytes.length));
    writeFileSync(part.tag, '"a"');
    expect(await fetchBlob(fetching, listed)).toMatchObject({ hash: sha256 });
    expect(ranges()).toEqual([`bytes=${bytes.length - 1}-`]);
  });
});

describe("bytes that are others than listed", () => {
  test("of the same length are refused, and nothing of them stays", async () => {
    const { fetching, file, root } = await stage([{ bytes: randomBytes(bytes.length) }]);
    await expect(fetchBlob(fetching, file)).rejects.toThrow(/^model\.bin is [0-9a-f]{64} there, and not/);
    expect(whole(root)).toEqual([]);
    expect(globSync("parts/*", { cwd: root }).filter((path) => !path.includes(".claim"))).toEqual([]);
  });

  test("that are more are refused", async () => {
    const { fetching, file } = await stage([{ bytes: Buffer.concat([bytes, bytes]) }]);
    await expect(fetchBlob(fetching, file)).rejects.toThrow(
      `model.bin: more than the ${bytes.length} bytes that are listed`,
    );
  });

  test("in the store are fetched again", async () => {
    const { fetching, file, store, server } = await stage([{}]);
    await fetchBlob(fetching, file);
    chmodSync(store.pathOf(sha256), 0o600);
    writeFileSync(store.pathOf(sha256), "damaged");
    await fetchBlob(fetching, file);
    expect(sha256Of(readFileSync(store.pathOf(sha256)))).toBe(sha256);
    expect(server.asked.length).toBe(2);
  });
});

test("of two who want it at once one fetches, and the other finds it", async () => {
  const { fetching, file, server } = await stage([{}]);
  const found = await Promise.all([fetchBlob(fetching, file), fetchBlob(fetching, file)]);
  expect(found.map((each) => each.hash)).toEqual([sha256, sha256]);
  expect(server.asked.length).toBe(1);
});

test("a refusal ends it at once, and what the server says of credentials stays there", async () => {
  const server = await serve((_, response) => void response.writeHead(403).end("token abc is not allowed"));
  const store = openContentStore(emptyDirectory());
  const request = () => ({ url: `${server.origin}/f?signature=abc`, headers: { authorization: "Bearer abc" } });
  const error = await fetchBlob({ store, place: "x", arrived: () => {} }, { path: "f", bytes: 3, request }).catch(
    String,
  );
  expect(error).toBe(`RemoteError: ${server.origin}/f answers 403`);
  expect(server.asked.length).toBe(1);
});

test("a credential does not follow a redirect to another origin", async () => {
  const elsewhere = await serve((request, response) => sendFile(request, response, bytes));
  const server = await serve(
    (_, response) => void response.writeHead(302, { location: `${elsewhere.origin}/cdn` }).end(),
  );
  const store = openContentStore(emptyDirectory());
  const request = () => ({ url: `${server.origin}/f`, headers: { authorization: "Bearer abc" } });
  await fetchBlob({ store, place: "x", arrived: () => {} }, { path: "f", bytes: bytes.length, hash: sha256, request });
  expect([server, elsewhere].map(({ asked }) => asked.map(({ authorization }) => authorization))).toEqual([
    ["Bearer abc"],
    [undefined],
  ]);
});

test("twenty processes are killed in a download, and nothing that was kept is fetched again", async () => {
  const { early, kept, hash, begins, before } = await killDownload(emptyDirectory(), {
    kills: 20,
    length: 4_000_000,
    each: 60_000,
  });
  expect({ early, kept }).toEqual({ early: [], kept: [hash] });
  expect(begins).toEqual(before);
}, 120_000);
