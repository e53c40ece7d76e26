import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../components/host/free-port.ts";

/** Whether the real server is installed. */
export const hasRegistry: boolean = spawnSync("docker-registry", ["--version"]).status === 0;

/** Ends the title of what needs it, so that a report shows why it did not run. */
export const registryNeeded: string = hasRegistry
  ? ""
  : " (NOT RUN: no docker-registry on PATH; apt-get install docker-registry)";

/** A registry that runs: Debian's docker-registry (apt-get install docker-registry). */
export interface RunningRegistry {
  /** Host and port, as they stand in an image's name. */
  readonly host: string;
  /** Pushes an image of one manifest, and gives its digest in hex. */
  readonly push: (repository: string, tag: string, text: string) => Promise<string>;
  /** Pushes a blob, for a manifest to name. */
  readonly pushBlob: (repository: string, bytes: string | Uint8Array) => Promise<Entry>;
  /** Pushes a manifest under a tag, or under its digest. */
  readonly pushManifest: (repository: string, manifest: Pushed, tag?: string) => Promise<Entry>;
  /** The file in which it keeps the bytes of a digest. */
  readonly fileOf: (digest: string) => string;
  readonly stop: () => Promise<void>;
}

/** What one manifest says of a blob or of another manifest. */
export interface Entry {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}

/** A manifest as it is written. */
interface Pushed {
  readonly mediaType: string;
  readonly [field: string]: unknown;
}

/** What a registry may be told. */
interface Settings {
  /** Only anna may come in. */
  readonly withLogin?: boolean;
  /** Where it keeps what it has. @default a folder of its own, which goes with it */
  readonly data?: string;
  /** It gives, and takes nothing. */
  readonly readOnly?: boolean;
}

/** Whose password is "secret", in the only form that the registry takes (bcrypt of cost 5). */
const HTPASSWD = "anna:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n";

/** Starts one. */
export async function startRegistry(settings: Settings = {}): Promise<RunningRegistry> {
  const folder = mkdtempSync(path.join(tmpdir(), "mlc-registry-"));
  const { withLogin = false, readOnly = false, data = path.join(folder, "data") } = settings;
  const host = `127.0.0.1:${await freePort()}`;
  const auth = { htpasswd: { realm: "registry", path: path.join(folder, "htpasswd") } };
  writeFileSync(path.join(folder, "htpasswd"), HTPASSWD);
  const configuration = {
    version: 0.1,
    log: { level: "error", accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: data },
      ...(readOnly && { maintenance: { readonly: { enabled: true } } }),
    },
    http: { addr: host },
    ...(withLogin && { auth }),
  };
  const file = path.join(folder, "config.yml");
  writeFileSync(file, JSON.stringify(configuration));
  const process = spawn("docker-registry", ["serve", file], { stdio: "ignore" });
  await untilItAnswers(process, `http://${host}/v2/`);
  return {
    host,
    push: (repository, tag, text) => push(`http://${host}/v2/${repository}`, tag, text),
    pushBlob: (repository, bytes) => pushBlob(`http://${host}/v2/${repository}`, bytes),
    pushManifest: (repository, manifest, tag) => pushManifest(`http://${host}/v2/${repository}`, manifest, tag),
    fileOf(digest) {
      const hex = digest.replace("sha256:", "");
      return path.join(data, "docker/registry/v2/blobs/sha256", hex.slice(0, 2), hex, "data");
    },
    async stop() {
      process.kill("SIGKILL");
      await once(process, "exit");
      rmSync(folder, { recursive: true });
    },
  };
}

async function untilItAnswers(process: ChildProcess, url: string): Promise<void> {
  const failed = once(process, "error").then(([error]) => {
    throw new Error("docker-registry does not start: apt-get install docker-registry", { cause: error });
  });
  const answered = (async () => {
    while ((await fetch(url).catch(() => undefined)) === undefined) await sleep(20);
  })();
  await Promise.race([failed, answered]);
}

async function push(repository: string, tag: string, text: string): Promise<string> {
  const layer = await pushBlob(repository, text);
  const config = await pushBlob(repository, "{}");
  const { digest } = await pushManifest(repository, imageOf(config, [layer]), tag);
  return digest.replace("sha256:", "");
}

/** The manifest of an image. */
export const imageOf = (config: Entry, layers: readonly Entry[], more: object = {}) => ({
  schemaVersion: 2,
  mediaType: "application/vnd.oci.image.manifest.v1+json",
  config: { ...config, mediaType: "application/vnd.oci.image.config.v1+json" },
  layers,
  ...more,
});

async function pushManifest(repository: string, manifest: Pushed, tag?: string): Promise<Entry> {
  const { mediaType } = manifest;
  const body = JSON.stringify(manifest);
  const digest = `sha256:${hashOf(body)}`;
  const headers = { "content-type": mediaType };
  const put = await fetch(`${repository}/manifests/${tag ?? digest}`, { method: "PUT", headers, body });
  if (put.status !== 201) throw new Error(`the registry takes no manifest: ${put.status} ${await put.text()}`);
  return { mediaType, digest, size: Buffer.byteLength(body) };
}

async function pushBlob(repository: string, bytes: string | Uint8Array): Promise<Entry> {
  const begun = await fetch(`${repository}/blobs/uploads/`, { method: "POST" });
  const place = new URL(begun.headers.get("location") ?? "", repository);
  const digest = `sha256:${hashOf(bytes)}`;
  place.searchParams.set("digest", digest);
  const headers = { "content-type": "application/octet-stream" };
  const put = await fetch(place, { method: "PUT", headers, body: Buffer.from(bytes) });
  if (put.status !== 201) throw new Error(`the registry takes no blob: ${put.status} ${await put.text()}`);
  return { mediaType: "application/vnd.oci.image.layer.v1.tar", digest, size: Buffer.byteLength(bytes) };
}

const hashOf = (bytes: string | Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
