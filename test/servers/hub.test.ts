import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { loadSource } from "../../components/sources/load-source.ts";
import { emptyDirectory } from "../sources/conformance.ts";
import { wholeSafetensors } from "../sources/formats/files.ts";
import { startHub } from "../sources/stand-ins/hub.ts";
import { ownEnvironment, ownStore } from "../sources/store-of-test.ts";
import { pythonOf } from "../support/python.ts";

const run = promisify(execFile);
const commit = "e".repeat(40);

test("the stand-in for the hub is one that the hub's own client accepts, and both fetch the same files", {
  timeout: 600_000,
}, async () => {
  ownEnvironment({});
  ownStore();
  const hub = await startHub();
  const files = new Map([
    ["config.json", Buffer.from("{}")],
    ["model.safetensors", wholeSafetensors(300_000, "weights")],
    ["tok/vocab.txt", Buffer.from("a\nb\n")],
  ]);
  hub.repositories.set("acme/fraud", { commits: new Map([[commit, files]]), revisions: new Map([["main", commit]]) });
  const theirs = emptyDirectory();
  const script = `from huggingface_hub import snapshot_download; snapshot_download("acme/fraud", revision="main", local_dir=${JSON.stringify(theirs)})`;
  const python = pythonOf(path.join(import.meta.dirname, "../sources/clients/hub.txt"));
  const home = emptyDirectory();
  const env = { ...process.env, HF_ENDPOINT: hub.hub.origin, HF_HOME: home, HF_HUB_DISABLE_TELEMETRY: "1" };
  await run(python, ["-c", script], { env });

  const part = { kind: "huggingface", repo: "acme/fraud", commit, endpoint: hub.hub.origin } as const;
  const source = await loadSource(part, { root: emptyDirectory() });
  const { content, files: found } = await source.pin();
  const ours = emptyDirectory();
  await source.open(content, ours);
  expect(found.map((file) => file.path)).toEqual([...files.keys()]);
  for (const file of files.keys()) {
    expect(readFileSync(path.join(ours, file)).equals(readFileSync(path.join(theirs, file))), file).toBe(true);
  }
});
