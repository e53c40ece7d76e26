import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { freePort } from "../../../host/free-port.ts";
import type { Address } from "../../../host/listeners.ts";
import { fillIn, placeholdersIn } from "../../../release/placeholders.ts";
import type { ResolvedCommandRuntime } from "../../../runtimes/command/document.ts";
import type { ServedIdentity } from "../server/identity.ts";
import { scratchPath } from "../state-folder/paths.ts";
import { inheritedEnvironment, servedBy, servedByVariable } from "../state-folder/process-environment.ts";
import { byLine, createRedaction } from "./redact.ts";

/** What a program is started with. */
export interface CommandSettings {
  readonly runtime: ResolvedCommandRuntime;
  readonly served: ServedIdentity;
  /** The state folder, absolute. */
  readonly root: string;
  /** The folder of the pinned files, relative to the state folder. */
  readonly content: string;
  /** The environment that it runs in: a folder with `bin`. Absent: what PATH has. */
  readonly environment?: string;
}

/** A program that was started. */
export interface StartedCommand {
  readonly child: ChildProcess;
  /** Where it was told to listen. */
  readonly address: Address;
  /** By which its processes are known. */
  readonly mark: string;
  /** A folder of its own, absolute: it goes when the program has ended. */
  readonly scratch: string;
}

/** A path of a Unix socket has at most so many bytes (unix(7)). */
const LONGEST_SOCKET = 107;

/**
 * Starts the program of a version in a session of its own, with an address that is free.
 * @param write gets each line that it or its workers write, without what secret variables hold
 */
export async function startCommand(settings: CommandSettings, write: (line: string) => void): Promise<StartedCommand> {
  const { runtime, served, root, environment } = settings;
  const scratch = join(root, scratchPath(served.instance));
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const texts = [...runtime.command, ...Object.values(runtime.env)];
  const content = resolve(root, settings.content);
  const { values, address } = await chooseAddress(texts, scratch);
  for (const [name, value] of Object.entries({ content, scratch, ...served })) values.set(name, value);
  const [program = "", ...args] = runtime.command.map((word) => fillIn(word, values));
  const inherited = inheritedEnvironment();
  const env = {
    ...inherited,
    ...(environment === undefined
      ? {}
      : { PATH: [join(environment, "bin"), inherited.PATH ?? ""].join(delimiter), VIRTUAL_ENV: environment }),
    // Not TMPDIR: servers make Unix sockets of their own there, whose paths may have 107 bytes.
    HOME: scratch,
    // The folder of the pinned files stays as it was pinned; lines are in the log when they are written.
    PYTHONDONTWRITEBYTECODE: "1",
    PYTHONUNBUFFERED: "1",
    ...Object.fromEntries(Object.entries(runtime.env).map(([name, value]) => [name, fillIn(value, values)])),
  };
  const mark = servedBy(root, served.instance);
  const child = spawn(program, args, {
    cwd: runtime.directory === "scratch" ? scratch : content,
    // A session of its own: its workers are found by it.
    detached: true,
    env: { ...env, [servedByVariable]: mark },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const redact = createRedaction(env);
  for (const stream of [child.stdout, child.stderr]) {
    const lines = byLine((line) => write(redact(line)));
    stream?.setEncoding("utf8").on("data", lines.add).on("end", lines.end);
  }
  return { child, address, mark, scratch };
}

async function chooseAddress(
  texts: readonly string[],
  scratch: string,
): Promise<{ readonly values: Map<string, string>; readonly address: Address }> {
  const values = new Map<string, string>();
  const names = new Set(texts.flatMap(placeholdersIn).filter((name) => name === "port" || name.startsWith("port:")));
  for (const name of names) {
    let port = await freePort();
    while ([...values.values()].includes(String(port))) port = await freePort();
    values.set(name, String(port));
  }
  const port = values.get("port");
  if (port !== undefined) return { values, address: { port: Number(port) } };
  const socket = join(scratch, "s");
  if (Buffer.byteLength(socket) > LONGEST_SOCKET) {
    throw new Error(
      `{socket} would be ${socket}, which has more than ${LONGEST_SOCKET} bytes: use {port}, or a shorter platform.stateFolder`,
    );
  }
  return { values: values.set("socket", socket), address: { socket } };
}
