import { execFile } from "node:child_process";
import { createReadStream, existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import { hashDirectory } from "../../components/sources/index.ts";
import { loadSource, type SourcePart } from "../../components/sources/load-source.ts";
import { resolveReference } from "../../components/sources/resolve-reference.ts";
import { emptyDirectory } from "../sources/conformance.ts";
import { bucket, buildObjectStore, startObjectStore } from "../sources/real-object-store.ts";
import { serve } from "../sources/stand-ins/http.ts";
import { ownEnvironment, ownStore } from "../sources/store-of-test.ts";
import { pythonOf } from "../support/python.ts";

const run = promisify(execFile);

beforeAll(buildObjectStore, 1_800_000);

const files = {
  "model.json": "{}\n",
  "sub/ü x.txt": "ä\r\n",
  "weights.bin": "x".repeat(300_000),
  empty: "",
};

/** A project of the real DVC, whose remote is somewhere. */
async function openProject(
  remote: string,
  options: Readonly<Record<string, string>> = {},
  more: NodeJS.ProcessEnv = {},
) {
  const root = emptyDirectory();
  const python = pythonOf(path.join(import.meta.dirname, "../sources/clients/dvc.txt"));
  const env = { ...process.env, ...more, DVC_NO_ANALYTICS: "1", DVC_SITE_CACHE_DIR: emptyDirectory() };
  const dvc = (...args: string[]) => run(python, ["-m", "dvc", ...args], { cwd: root, env });
  await dvc("init", "--no-scm", "--quiet");
  await dvc("remote", "add", "--default", "store", remote);
  for (const [option, value] of Object.entries(options)) await dvc("remote", "modify", "store", option, value);
  for (const [file, content] of Object.entries(files)) {
    const at = path.join(root, "models/fraud", file);
    mkdirSync(path.dirname(at), { recursive: true });
    writeFileSync(at, content);
  }
  await dvc("add", "--quiet", "models/fraud");
  return { root, dvc };
}

async function addFrom(root: string) {
  const { from, ...part } = await resolveReference("dvc://models/fraud", { env: {}, root });
  expect(from).toBe("dvc://models/fraud");
  const placed = { region: "us-east-1", endpoint: "https://s3.us-east-1.amazonaws.com", ...part };
  return loadSource(placed as unknown as SourcePart, { root });
}

async function expectSame(root: string) {
  const source = await addFrom(root);
  const { content } = await source.pin();
  expect(content).toBe(await hashDirectory(path.join(root, "models/fraud")));
  const copy = emptyDirectory();
  await source.open(content, copy);
  expect(await hashDirectory(copy)).toBe(content);
  return { source, content };
}

describe("what the real DVC pushed", { timeout: 900_000 }, () => {
  test("to a bucket is what is in its directory", async () => {
    ownStore();
    const store = await startObjectStore();
    ownEnvironment(store.login);
    const { root, dvc } = await openProject(
      `s3://${bucket}/dvc`,
      { endpointurl: store.endpoint, region: "us-east-1" },
      store.login,
    );
    await dvc("push", "--quiet");
    await expectSame(root);
  });

  test("to a folder is what is in its directory, and what DVC delivers though it was changed there is refused", async () => {
    ownStore();
    ownEnvironment({});
    const remote = path.join(emptyDirectory(), "remote");
    const { root, dvc } = await openProject(remote);
    await dvc("push", "--quiet");
    const { content } = await expectSame(root);
    const object =
      globSync("files/md5/*/*", { cwd: remote }).find((each) => statSync(path.join(remote, each)).size === 300_000) ??
      "";
    await dvc("gc", "--workspace", "--force", "--quiet");
    await run("chmod", ["u+w", path.join(remote, object)]);
    writeFileSync(path.join(remote, object), "y".repeat(300_000));
    ownStore();
    await expect((await addFrom(root)).pin()).rejects.toMatchObject({
      seen: expect.stringMatching(/weights\.bin is [0-9a-f]{32} there, and not [0-9a-f]{32}$/),
    });
    await run("rm", ["-rf", path.join(root, ".dvc/cache"), path.join(root, "models/fraud")]);
    await dvc("pull", "--quiet");
    expect(readFileSync(path.join(root, "models/fraud/weights.bin"), "utf8")).toBe("y".repeat(300_000));
    expect(content).not.toBe(await hashDirectory(path.join(root, "models/fraud")));
  });

  test("is read over HTTP as a server of files hands it out, and a pipeline's output from its lock file", async () => {
    ownStore();
    ownEnvironment({});
    const remote = path.join(emptyDirectory(), "remote");
    const { root, dvc } = await openProject(remote);
    writeFileSync(
      path.join(root, "dvc.yaml"),
      "stages:\n  train:\n    cmd: mkdir -p trained && echo 1 > trained/w.txt\n    outs: [trained]\n",
    );
    await dvc("repro", "--quiet");
    await dvc("push", "--quiet");
    const server = await serve((request, response, { pathname }) => {
      const file = path.join(remote, decodeURIComponent(pathname));
      if (!existsSync(file)) return void response.writeHead(404).end();
      response.writeHead(200, { "content-length": statSync(file).size });
      if (request.method === "HEAD") response.end();
      else createReadStream(file).pipe(response);
    });
    await dvc("remote", "modify", "store", "url", server.origin);
    await expectSame(root);
    const { from: _, ...part } = await resolveReference("dvc://trained", { env: {}, root });
    const trained = await loadSource({ region: "", endpoint: "", ...part } as unknown as SourcePart, { root });
    expect(await trained.read("w.txt")).toBe("1\n");
  });
});
