import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort } from "../../components/host/free-port.ts";
import { openRepository, readBlob, readManifest } from "../../components/registry/index.ts";
import { imageOf, type RunningRegistry } from "../registry/real-registry.ts";
import { emptyDirectory } from "../sources/conformance.ts";

// A stand-in for a container: its files in a folder, which is its root (chroot), and its user. No namespace but that, and
// no daemon, which this machine need not have.

/** Found here: the PATH of an image is its own. */
const CHROOT = spawnSync("sh", ["-c", "command -v chroot"], { encoding: "utf8" }).stdout.trim();

/** Whether this user may give a process another root. */
export const mayChroot: boolean = spawnSync(CHROOT, ["--userspec=65534:65534", "/", "true"]).status === 0;

/** Pushes what stands for a base: this machine's Node, and what it is linked with, for both processors. */
export async function pushBase(registry: RunningRegistry, repository: string): Promise<string> {
  const folder = mkdtempSync(path.join(tmpdir(), "mlc-base-"));
  chmodSync(folder, 0o755);
  const node = path.join(folder, "usr/local/bin/node");
  mkdirSync(path.dirname(node), { recursive: true });
  copyFileSync(process.execPath, node);
  chmodSync(node, 0o755);
  for (const [, library = ""] of execFileSync("ldd", [process.execPath], { encoding: "utf8" }).matchAll(
    /(\/\S+) \(/g,
  )) {
    const at = path.join(folder, library);
    mkdirSync(path.dirname(at), { recursive: true });
    copyFileSync(realpathSync(library), at);
    chmodSync(at, 0o755);
  }
  mkdirSync(path.join(folder, "tmp"));
  const archive = execFileSync("tar", ["--create", "--file", "-", "--directory", folder, "."], { maxBuffer: 2 ** 30 });
  rmSync(folder, { recursive: true });
  const layer = await registry.pushBlob(repository, archive);
  const images = [];
  for (const architecture of ["amd64", "arm64"]) {
    const config = {
      architecture,
      os: "linux",
      config: { Env: ["PATH=/usr/local/bin", "NODE_ENV=test"], Cmd: ["node"] },
      rootfs: { type: "layers", diff_ids: [layer.digest] },
    };
    const image = imageOf(await registry.pushBlob(repository, JSON.stringify(config)), [layer]);
    images.push({ ...(await registry.pushManifest(repository, image)), platform: { architecture, os: "linux" } });
  }
  const mediaType = "application/vnd.oci.image.index.v1+json";
  const { digest } = await registry.pushManifest(
    repository,
    { schemaVersion: 2, mediaType, manifests: images },
    "base",
  );
  return digest;
}

/** How an image is started. */
export interface ImageConfig {
  readonly User: string;
  readonly Env: readonly string[];
  readonly Entrypoint: readonly string[];
  readonly WorkingDir: string;
  readonly Labels: Readonly<Record<string, string>>;
}

/** Pulls one of an image's processors into a folder. */
export async function pull(
  name: string,
  digest: string,
): Promise<{ readonly root: string; readonly config: ImageConfig }> {
  const repository = openRepository(name);
  const list = await readManifest(repository, digest);
  const image = await readManifest(repository, list.manifests[0]?.digest ?? digest);
  const [described, ...layers] = image.blobs;
  if (described === undefined) throw new Error("it is no image");
  const bytesOf = async (blob: typeof described) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of readBlob(repository, blob)) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  const root = emptyDirectory();
  chmodSync(root, 0o755);
  for (const layer of layers) {
    execFileSync("tar", ["--extract", "--preserve-permissions", "--file", "-", "--directory", root], {
      input: await bytesOf(layer),
    });
  }
  const { config } = JSON.parse((await bytesOf(described)).toString()) as { readonly config: ImageConfig };
  return { root, config };
}

/** Does what a Dockerfile says to a root that has its base already. @param run does what is to be run */
export function playDockerfile(context: string, root: string, run: (command: readonly string[]) => void): ImageConfig {
  const config = {
    User: "",
    Env: [] as string[],
    Entrypoint: [] as string[],
    WorkingDir: "/",
    Labels: {} as Record<string, string>,
  };
  const pairOf = (rest: string): readonly [string, string] => {
    const [, key = "", value = ""] = /^"?([^"=]+)"?=(".*")$/.exec(rest) ?? [];
    return [key, JSON.parse(value.replaceAll("\\$", "$"))];
  };
  for (const line of readFileSync(path.join(context, "Dockerfile"), "utf8").split("\n")) {
    const [, word = "", rest = ""] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (word === "COPY") {
      const [from = "", to = ""] = rest.split(" ");
      cpSync(path.join(context, from), path.join(root, to), { recursive: true });
    } else if (word === "RUN") run(JSON.parse(rest) as readonly string[]);
    else if (word === "ENV") config.Env.push(pairOf(rest).join("="));
    else if (word === "LABEL") config.Labels[pairOf(rest)[0]] = pairOf(rest)[1];
    else if (word === "USER") config.User = rest;
    else if (word === "WORKDIR") config.WorkingDir = rest;
    else if (word === "ENTRYPOINT") config.Entrypoint = JSON.parse(rest);
    else if (!["FROM", "EXPOSE", "", "#"].includes(word)) throw new Error(`not known: ${line}`);
  }
  return config;
}

/** A container that runs, or what stands in for one. */
export interface RunningRoot extends AsyncDisposable {
  readonly url: string;
  readonly said: () => string;
}

/** Starts an image in its root as its user, who can write nothing there. Another port is added behind its own, as `docker run` takes it. */
export async function startRoot(
  root: string,
  { User, Env, Entrypoint, WorkingDir }: ImageConfig,
  node = "/usr/local/bin/node",
): Promise<RunningRoot> {
  const port = await freePort();
  const [program = "", ...args] = Entrypoint;
  const started = [`--userspec=${User}:${User}`, root, node, "-e", inDirectory(WorkingDir)];
  const child = spawn(CHROOT, [...started, program, ...args, "--port", String(port)], {
    env: Object.fromEntries(Env.map((each) => each.split(/=(.*)/s) as [string, string])),
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => (said += text));
  const exited = once(child, "exit");
  while (!said.includes('"ready":true')) {
    if (child.exitCode !== null) throw new Error(said);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    url: `http://127.0.0.1:${port}`,
    said: () => said,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await exited;
    },
  };
}

/** What an image's WorkingDir asks for: a chroot begins at the root. It becomes the program itself. */
const inDirectory = (folder: string): string =>
  `process.chdir(${JSON.stringify(folder)}); process.execve(process.execPath, process.argv.slice(1), process.env)`;

/** Every file below, with its content and its mode. */
export function filesIn(root: string, folder: string): Readonly<Record<string, string>> {
  const found = execFileSync("find", [folder, "-type", "f", "-printf", "%p %m\n"], { cwd: root, encoding: "utf8" });
  return Object.fromEntries(
    found
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => {
        const [, file = "", mode = ""] = /^(.*) (\d+)$/.exec(line) ?? [];
        return [
          file,
          `${mode} ${statSync(path.join(root, file)).size} ${readFileSync(path.join(root, file)).toString("base64").slice(0, 4000)}`,
        ];
      }),
  );
}

/** Writes a file where an image's own user would have to be able to. */
export const tryToWrite = (root: string, user: string, file: string): boolean =>
  spawnSync(CHROOT, [
    `--userspec=${user}:${user}`,
    root,
    "/usr/local/bin/node",
    "-e",
    `fs.writeFileSync(${JSON.stringify(file)}, "")`,
  ]).status === 0;
