import { existsSync, readFileSync } from "node:fs";
import type { Server } from "node:http";
import { Server as TcpServer } from "node:net";
import { setFlagsFromString } from "node:v8";
import { folderAt } from "../state-folder/folder.ts";
import { gatewayPaths, specPath } from "../state-folder/paths.ts";
import { createAdminPort } from "./admin-port.ts";
import { type GatewayArguments, parseArguments } from "./arguments.ts";
import { claimGateway, holdsClaim } from "./claim.ts";
import { Controller } from "./controller.ts";
import { createDataPort, type DataPort } from "./data-port.ts";
import type { FeedbackMetrics } from "./feedback.ts";
import { listen, PortTaken } from "./listening.ts";
import { Persistence } from "./persistence.ts";
import { inheritedSockets, startSuccessor } from "./successor.ts";
import { SupervisorWatch } from "./supervisor-watch.ts";
import { Traffic } from "./traffic.ts";

const INTERVAL_MS = 1_000;
/** While another process has taken over, this one follows its decisions as often as this. */
const FOLLOW_MS = 100;
/** Kept connections without a request are closed after this time of draining; those in use end with their next answer. */
const IDLE_GRACE_MS = 3_000;
const DRAIN_MS = 9_000;
const EXIT_USAGE = 2;
const EXIT_PORT_TAKEN = 98;

// What clients leave behind is collected before it is much: by itself V8 lets the heap grow several times over first.
setFlagsFromString("--heap-growing-percent=10");

async function run(args: GatewayArguments): Promise<void> {
  const folder = folderAt(process.cwd());
  const files = new Persistence(gatewayPaths(args.endpoint));
  const token = files.readSecret(files.paths.adminToken);
  const feedbackKey = Buffer.from(files.readSecret(files.paths.feedbackKey));
  const traffic = new Traffic({ feedbackKey, startedAt: Date.now() });
  const controller = new Controller({ traffic, files, log: (line) => console.log(line) });
  const page = readFileSync(new URL("page.html", import.meta.url), "utf8");
  const isReplaced = (): boolean => !holdsClaim(files.paths.gateway);

  controller.load();
  const metrics = (): FeedbackMetrics => controller.metrics();
  const feedbackToken = files.readSecret(files.paths.feedbackToken);
  const data = createDataPort({ traffic, instance: args.instance, metrics, feedbackToken });
  const admin = createAdminPort({
    ...{ ...args, controller, traffic, token, page, isReplaced },
    startSuccessor: (): number | undefined => startSuccessor(folder, args, [data.server, admin]),
  });
  const takeover = process.env.MLC_TAKEOVER === "1";
  const sockets = inheritedSockets();
  await listen(data.server, { port: args.port, takeover, socket: sockets?.data });
  await listen(admin, { port: args.adminPort, takeover, socket: sockets?.admin });
  claimGateway(files.paths.gateway, args);
  // The process before may have decided something between the first reading and the claim.
  if (takeover) controller.load();
  controller.noteStart();

  const supervisor = new SupervisorWatch(folder);
  const timer = setInterval(() => {
    if (isReplaced()) controller.tickReplaced();
    else controller.tick();
    watchSupervisor(supervisor, args.endpoint);
  }, INTERVAL_MS);
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.once(signal, () => {
      clearInterval(timer);
      drain(data, admin, traffic, controller, isReplaced);
    });
  }
}

/** A gateway that nobody wants any more starts no supervisor. */
function watchSupervisor(supervisor: SupervisorWatch, endpoint: string): void {
  if (!existsSync(specPath(`gateway-${endpoint}`))) return;
  supervisor.look().catch((error) => console.error(`supervisor: ${error instanceof Error ? error.message : error}`));
}

/** Takes no new connections, answers on those there are, and ends. */
function drain(
  data: DataPort,
  admin: Server,
  traffic: Traffic,
  controller: Controller,
  isReplaced: () => boolean,
): void {
  traffic.draining = true;
  const follow = setInterval(() => {
    if (isReplaced()) controller.tickReplaced();
  }, FOLLOW_MS);
  const finish = (): void => {
    clearInterval(follow);
    if (isReplaced()) controller.tickReplaced();
    else {
      controller.tick();
      controller.save();
    }
    process.exit(0);
  };
  const servers = [data.server, admin];
  let open = servers.length;
  for (const server of servers) {
    // Not the HTTP server's own `close`: that one closes idle connections at once, under requests that are on their way.
    TcpServer.prototype.close.call(server, () => {
      open--;
      if (open === 0) finish();
    });
  }
  setTimeout(() => {
    data.closeIdle();
    admin.closeIdleConnections();
  }, IDLE_GRACE_MS);
  setTimeout(finish, DRAIN_MS);
}

// Whatever one request does, the others are served; what cannot be gone on with ends the process by itself.
for (const event of ["uncaughtException", "unhandledRejection"] as const)
  process.on(event, (error) => console.error(`${event}, serving on:`, error));

try {
  await run(parseArguments(process.argv.slice(2)));
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(error instanceof PortTaken ? EXIT_PORT_TAKEN : error instanceof TypeError ? EXIT_USAGE : 1);
}
