import { rmSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { messageOf } from "../../../host/host-error.ts";
import { memoryOf, readProcesses, signalAll, treeOf, waitForEnd } from "../../../host/process-tree.ts";
import { checkContent } from "../../../models/load-model.ts";
import { fillIn } from "../../../release/placeholders.ts";
import type { ResolvedCommandRuntime } from "../../../runtimes/command/document.ts";
import { createHttpServer } from "../server/http-server.ts";
import type { ServedIdentity } from "../server/identity.ts";
import { drain, listenOnSocket } from "../server/unix-socket.ts";
import { runtimeVariable, servedByVariable, takeoverVariable } from "../state-folder/process-environment.ts";
import { hopelessExitCode } from "../supervisor/process-spec.ts";
import { createAsking } from "./asking.ts";
import { proveListener, renderAddress } from "./prove.ts";
import { routesOf } from "./routes.ts";
import { type StartedCommand, startCommand } from "./start-command.ts";
import { Hopeless, waitUntilReady } from "./wait-until-ready.ts";

// Stands between the gateway and a program of somebody else: starts it, proves that it is the one that listens, puts
// requests as it wants them, and ends when it does, so that the supervisor starts both again.

const usage = "usage: main.js --socket <path> --model-dir <dir> --model <name> --version <version> --instance <id>";

interface Settings {
  readonly socket: string;
  readonly content: string;
  readonly served: ServedIdentity;
  readonly environment?: string;
  readonly runtime: ResolvedCommandRuntime;
}

/** Answers under way have so long when it is asked to end; what is left of the supervisor's 10 s is the program's. */
const DRAIN_MS = 1_000;
const LOOK_EVERY_MS = 1_000;

function parseSettings(args: readonly string[], runtime = ""): Settings {
  const option = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      socket: option,
      "model-dir": option,
      model: option,
      version: option,
      instance: option,
      environment: option,
    },
  });
  const { socket, "model-dir": content, model, version, instance, environment } = values;
  if (!socket || !content || !model || !version || !instance || runtime === "") throw new Error(usage);
  return {
    ...{ socket, content, served: { model, version, instance } },
    ...(environment === undefined ? {} : { environment }),
    // Written by the provider of the same package, from a document that was checked.
    runtime: JSON.parse(runtime) as ResolvedCommandRuntime,
  };
}

const write = (line: string): void => void process.stdout.write(`${line}\n`);

async function serve({ socket, content, served, environment, runtime }: Settings): Promise<void> {
  await checkContent(content);
  const root = resolve(".");
  const command = await startCommand(
    { runtime, served, root, content, ...(environment === undefined ? {} : { environment }) },
    write,
  );
  const members = (): readonly number[] => treeOf(readProcesses(servedByVariable), command.mark, command.child.pid);
  // Whatever ends this process ends the program, also what nobody thought of.
  process.once("exit", () => signalAll(members(), "SIGKILL"));
  let end: string | undefined;
  command.child.once("error", (error) => {
    end = `the command ${JSON.stringify(runtime.command[0])} cannot be started (${messageOf(error)})`;
  });
  command.child.once("exit", (code, signal) => {
    end ??= `its first process ended (${signal ?? `exit code ${code}`})`;
  });
  let stopping = false;
  const asking = createAsking(command.address, runtime);
  const path = fillIn(runtime.path, new Map(Object.entries(served)));
  const routes = routesOf({ runtime, served, asking, path, report: createFailureLog() });
  const server = createHttpServer({
    routes,
    headers: ["x-model-version", served.version],
    onFailure: (error) => write(messageOf(error)),
  });
  const stop = async (): Promise<never> => {
    stopping = true;
    if (server.listening) await drain(server, DRAIN_MS);
    askToEnd(command, runtime, members());
    await waitForEnd(members, runtime.stop.withinMs);
    rmSync(command.scratch, { recursive: true, force: true });
    process.exit(0);
  };
  process.once("SIGTERM", () => void stop());

  try {
    await waitUntilReady({ runtime, command, asking, path, members, ended: () => end });
  } catch (error) {
    // Asked to end, it is no failure that it does.
    if (stopping) return;
    throw error;
  }
  if (stopping) return;
  const proof = proveListener(command.address, members());
  if (proof.kind === "own" && proof.isOpen) {
    write(
      `it listens on every address of this machine, not only on ${renderAddress(command.address)}: whoever reaches the port can ask it past the gateway`,
    );
  }
  const removeSocket = await listenOnSocket(server, socket, { takeover: process.env[takeoverVariable] === "1" });
  server.once("close", () => void removeSocket());
  write(JSON.stringify({ ready: true, socket, at: renderAddress(command.address), pid: process.pid, ...served }));

  setInterval(() => {
    if (stopping) return;
    const why = end ?? whyUnfit(command, runtime, members());
    if (why !== undefined) fail(why);
  }, LOOK_EVERY_MS);
  command.child.once("exit", () => {
    if (!stopping) fail(end ?? "its first process ended");
  });
}

function askToEnd({ child }: StartedCommand, { stop }: ResolvedCommandRuntime, members: readonly number[]): void {
  if (child.pid === undefined) return;
  const leads = members.includes(child.pid);
  // A group may outlive its leader.
  if (stop.to === "group") signalAll(leads ? [-child.pid] : members, stop.signal);
  else if (leads) signalAll([child.pid], stop.signal);
}

/** Why a program that was ready is so no more. */
function whyUnfit(
  { address }: StartedCommand,
  { memoryBytes }: ResolvedCommandRuntime,
  members: readonly number[],
): string | undefined {
  const { kind } = proveListener(address, members);
  if (kind === "nobody") return `none of its processes listens on ${renderAddress(address)} any more`;
  if (kind === "stranger") return `another process listens on ${renderAddress(address)} as well`;
  if (memoryBytes === undefined) return undefined;
  const taken = memoryOf(members);
  const mebibytes = (bytes: number): string => `${Math.round(bytes / 1024 ** 2)} MiB`;
  return taken <= memoryBytes
    ? undefined
    : `its ${members.length} processes take ${mebibytes(taken)} of memory, allowed are ${mebibytes(memoryBytes)}`;
}

/** One line a second at most: a server that fails every request must not fill the disk. */
function createFailureLog(): (line: string) => void {
  let silentUntil = 0;
  return (line) => {
    const now = performance.now();
    if (now < silentUntil) return;
    silentUntil = now + 1_000;
    write(line);
  };
}

function fail(why: string, code = 1): never {
  process.stderr.write(`companion: ${why}\n`);
  process.exit(code);
}

try {
  const { [runtimeVariable]: runtime } = process.env;
  await serve(parseSettings(process.argv.slice(2), runtime));
} catch (error) {
  fail(messageOf(error), error instanceof Hopeless ? hopelessExitCode : 1);
}
