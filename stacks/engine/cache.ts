import { createHash, randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir, readFile, readlink, rename, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Engine, inspect } from "./inspect.ts";

const assets = dirname(fileURLToPath(import.meta.url));

/** The committed go.mod and go.sum: they fix which engine a build gives. */
export const goModule: string = join(assets, "go");

/** Names a folder of the cache: other pins, another system or architecture are another folder. */
export const cacheName = (pins: string | Uint8Array): string =>
  `${createHash("sha256").update(pins).digest("hex").slice(0, 16)}-${process.platform}-${process.arch}`;

/**
 * One built engine per go.sum, system and architecture: a change of the pinned modules is another engine, and a home
 * folder may be shared by unlike machines.
 */
export interface EngineCache {
  /** Folder of all built engines. */
  readonly root: string;
  /** Folder of this engine; it appears at once and complete. */
  readonly directory: string;
  /** The `pulumi` executable in it. */
  readonly path: string;
}

/** Where the engine of this package, system and architecture stands, built or not. @param root folder of all built engines */
export function engineCache(root: string): EngineCache {
  const directory = join(root, cacheName(readFileSync(join(goModule, "go.sum"))));
  return { root, directory, path: join(directory, "pulumi") };
}

/** The engine in the cache, its language host brought up to date; nothing if there is none that runs. */
export async function cachedEngine(cache: EngineCache, env: NodeJS.ProcessEnv): Promise<Engine | undefined> {
  const { version } = await inspect(cache.path, env);
  if (version === undefined) return undefined;
  await installLanguageHost(cache.directory);
  return { path: cache.path, version, from: "cache" };
}

/**
 * Puts the language host beside a built `pulumi`. Its last resort for the Pulumi SDK is the one this package uses; the
 * cache outlives a clone, so each clone writes its own place over the former one.
 */
export async function installLanguageHost(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const host = await readFile(join(assets, "language-host.mjs"), "utf8");
  await replaceFile(join(directory, "pulumi-language-nodejs"), host, 0o755);
  // The host has no file extension: without this, a package.json in somebody's home folder would decide what it is.
  await replaceFile(join(directory, "package.json"), `${JSON.stringify({ type: "module" })}\n`, 0o644);
  await replaceLink(join(directory, "node_modules"), sdkFolder());
}

function sdkFolder(): string {
  return dirname(dirname(dirname(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"))));
}

async function replaceFile(path: string, content: string, mode: number): Promise<void> {
  if ((await readFile(path, "utf8").catch(() => undefined)) === content) return;
  await replaceWith(path, (temporary) => writeFile(temporary, content, { mode }));
}

async function replaceLink(path: string, target: string): Promise<void> {
  if ((await readlink(path).catch(() => undefined)) === target) return;
  await replaceWith(path, (temporary) => symlink(target, temporary));
}

async function replaceWith(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  await write(temporary);
  await rename(temporary, path);
}
