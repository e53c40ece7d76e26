import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AwsClient } from "aws4fetch";
import { onTestFinished } from "vitest";
import { cacheFolder } from "../../components/host/cache-folder.ts";
import { freePort } from "../../components/host/free-port.ts";
import { cacheName } from "../../stacks/engine/cache.ts";
import { makeOnce } from "../../stacks/engine/once.ts";
import { fromModule } from "../cluster/binaries/from-module.ts";
import { emptyDirectory } from "./conformance.ts";

/** A server of the S3 protocol that checks signatures, under Apache-2.0. */
const server = {
  program: "versitygw",
  module: "github.com/versity/versitygw@v1.8.0",
  sum: "h1:au+wI+aybno/STsQiSm35Uu6Q6iK5MWReQxgO6SEMFc=",
  main: "./cmd/versitygw",
} as const;

const folder = join(cacheFolder(process.env, "servers"), `${server.program}-${cacheName(server.sum)}`);
const program = join(folder, server.program);

/** Whether it was built before. */
export const hasObjectStore: boolean = existsSync(program);

/** Ends the title of what needs it, so that a report shows why it did not run. */
export const objectStoreNeeded: string = hasObjectStore
  ? ""
  : " (NOT RUN: npm run test:servers builds versitygw, in minutes)";

/** Builds it, once for all runs. */
export async function buildObjectStore(): Promise<void> {
  const progress = (line: string) => void process.stderr.write(`${line}\n`);
  const filling = { what: server.module, env: process.env, progress };
  const made = await makeOnce<{ readonly path: string }>({
    directory: folder,
    what: server.module,
    progress,
    find: async () => (existsSync(program) ? { path: program } : undefined),
    make: async (place) => {
      const problem = await fromModule(server)({ ...filling, folder: place });
      return problem === undefined ? { path: program } : { refused: problem };
    },
  });
  if ("refused" in made) throw new Error(made.refused);
}

/** How an object is written. */
export interface Put {
  /** Its sha256 goes along, and the store keeps it. */
  readonly hashed?: boolean;
}

/** A store that runs until the test ends, with one bucket. */
export interface ObjectStore {
  readonly endpoint: string;
  readonly login: Readonly<Record<"AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY", string>>;
  readonly put: (key: string, content: string | Buffer, how?: Put) => Promise<void>;
  /** In two parts, the first of 5 MiB, hashed part by part. */
  readonly putInParts: (key: string, content: Buffer) => Promise<void>;
  readonly remove: (key: string) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export const bucket = "models";
const accessKeyId = "testkey";
const secretAccessKey = "test/secret+of=this";

/** Starts one. */
export async function startObjectStore({
  versioned = false,
}: {
  readonly versioned?: boolean;
} = {}): Promise<ObjectStore> {
  const root = emptyDirectory();
  for (const name of ["objects", "versions"]) mkdirSync(join(root, name));
  const port = await freePort();
  const args = ["--access", accessKeyId, "--secret", secretAccessKey, "--port", `127.0.0.1:${port}`, "--quiet"];
  const child = spawn(program, [...args, "posix", "--versioning-dir", join(root, "versions"), join(root, "objects")], {
    stdio: "ignore",
  });
  const exited = once(child, "exit");
  const stop = async () => {
    child.kill("SIGKILL");
    await exited;
  };
  onTestFinished(stop);
  const endpoint = `http://127.0.0.1:${port}`;
  while ((await fetch(endpoint).catch(() => undefined)) === undefined) {
    if (child.exitCode !== null) throw new Error(`${server.program} ended with ${child.exitCode}`);
    await sleep(20);
  }
  const client = new AwsClient({ accessKeyId, secretAccessKey, service: "s3", region: "us-east-1", retries: 0 });
  const send = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const response = await client.fetch(`${endpoint}/${bucket}${path}`, init);
    if (!response.ok) throw new Error(`${init.method} ${path}: ${response.status} ${await response.text()}`);
    return response;
  };
  const pathOf = (key: string) => `/${key.split("/").map(encodeURIComponent).join("/")}`;
  await send("", { method: "PUT" });
  if (versioned) {
    const body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    await send("?versioning", { method: "PUT", body });
  }
  return {
    endpoint,
    login: { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    async put(key, content, { hashed = false } = {}) {
      const body = Buffer.from(content);
      const headers = hashed ? { "x-amz-checksum-sha256": base64Hash(body) } : {};
      await send(pathOf(key), { method: "PUT", headers, body });
    },
    async putInParts(key, content) {
      const headers = { "x-amz-checksum-algorithm": "SHA256" };
      const begun = await (await send(`${pathOf(key)}?uploads`, { method: "POST", headers })).text();
      const [, uploadId = ""] = /<UploadId>([^<]+)</.exec(begun) ?? [];
      const parts = [content.subarray(0, 5 * 2 ** 20), content.subarray(5 * 2 ** 20)];
      const listed: string[] = [];
      for (const [index, body] of parts.entries()) {
        const query = `?partNumber=${index + 1}&uploadId=${uploadId}`;
        const hash = base64Hash(body);
        const answer = await send(`${pathOf(key)}${query}`, {
          method: "PUT",
          headers: { "x-amz-checksum-sha256": hash },
          body,
        });
        const tag = answer.headers.get("etag");
        listed.push(
          `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag}</ETag><ChecksumSHA256>${hash}</ChecksumSHA256></Part>`,
        );
      }
      const body = `<CompleteMultipartUpload>${listed.join("")}</CompleteMultipartUpload>`;
      await send(`${pathOf(key)}?uploadId=${uploadId}`, { method: "POST", body });
    },
    remove: async (key) => void (await send(pathOf(key), { method: "DELETE" })),
    stop,
  };
}

const base64Hash = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("base64");
