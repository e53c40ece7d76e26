import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { messageOf } from "../../../host/host-error.ts";
import { checkContent } from "../../../models/load-model.ts";
import { openModel } from "../../../models/open-model.ts";
import { libraryVersion } from "../../../release/library-version.ts";
import { takeoverVariable } from "../state-folder/process-environment.ts";
import { createHttpServer } from "./http-server.ts";
import { openInferenceRoutes } from "./open-inference.ts";
import { predictRoute } from "./predict-route.ts";
import { drain, listenOnSocket } from "./unix-socket.ts";

const usage =
  "usage: main.js (--socket <path> | --port <port>) --model-dir <dir> --model <name> --version <version> [--instance <id>]";

/** How long a stopping server waits for answers under way; its supervisor kills it after 5 s. */
const graceMs = 4_000;

/** A socket of the state folder, or a port of every address, as in an image that answers by itself. */
type Place = { readonly socket: string } | { readonly port: number };

interface Settings {
  readonly place: Place;
  readonly modelDir: string;
  readonly model: string;
  readonly version: string;
  readonly instance: string;
}

function parseSettings(args: readonly string[]): Settings {
  const option = { type: "string" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { socket: option, port: option, "model-dir": option, model: option, version: option, instance: option },
  });
  const required = (name: keyof typeof values): string => {
    const value = values[name];
    if (value === undefined || value === "") throw new Error(`--${name} is missing`);
    return value;
  };
  return {
    place: values.port === undefined ? { socket: required("socket") } : { port: portOf(values) },
    modelDir: required("model-dir"),
    model: required("model"),
    version: required("version"),
    // In a container that is its name.
    instance: values.instance || hostname(),
  };
}

function portOf({ port = "", socket }: { readonly port?: string; readonly socket?: string }): number {
  if (socket !== undefined) throw new Error("--socket and --port: saw both; allowed is one of them");
  if (/^\d{1,5}$/.test(port) && Number(port) <= 65_535) return Number(port);
  throw new Error(`--port: saw ${JSON.stringify(port)}; allowed is 0 to 65535`);
}

async function serve({ place, modelDir, ...served }: Settings): Promise<void> {
  await checkContent(modelDir);
  const model = await openModel(modelDir);
  const server = createHttpServer({
    routes: new Map([
      ["/predict", predictRoute(model, served)],
      ...openInferenceRoutes({ model, served, serverVersion: libraryVersion }),
    ]),
    headers: ["x-model-version", served.version],
    onFailure: createFailureLog(),
  });
  const { at, leave } = "socket" in place ? await takeSocket(server, place) : await takePort(server, place.port);
  process.once("SIGTERM", () => void drain(server, graceMs).then(leave));
  report({ ready: true, ...at, pid: process.pid, ...served });
}

/** Where a server listens, and what is to be done when it has ended. */
interface Taken {
  readonly at: Place;
  readonly leave: () => Promise<void> | void;
}

async function takeSocket(server: Server, at: { readonly socket: string }): Promise<Taken> {
  const leave = await listenOnSocket(server, at.socket, { takeover: process.env[takeoverVariable] === "1" });
  return { at, leave };
}

async function takePort(server: Server, port: number): Promise<Taken> {
  server.listen(port);
  await once(server, "listening");
  return { at: { port: (server.address() as AddressInfo).port }, leave: () => {} };
}

/** One line a second at most: a model that fails every request must not fill the disk. */
function createFailureLog(): (error: unknown) => void {
  let silentUntil = 0;
  let unreported = 0;
  return (error) => {
    unreported += 1;
    const now = performance.now();
    if (now < silentUntil) return;
    report({ error: messageOf(error), count: unreported });
    silentUntil = now + 1_000;
    unreported = 0;
  };
}

function report(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

function exit(code: number, error: unknown, ...hints: readonly string[]): never {
  const message = messageOf(error);
  process.stderr.write(`${[`model-server: ${message}`, ...hints].join("\n")}\n`);
  process.exit(code);
}

let settings: Settings;
try {
  settings = parseSettings(process.argv.slice(2));
} catch (error) {
  exit(2, error, usage);
}
try {
  await serve(settings);
} catch (error) {
  exit(1, error);
}
