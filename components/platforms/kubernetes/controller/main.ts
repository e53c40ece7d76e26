import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { type Access, AccessError } from "../cluster/access.ts";
import { createClient } from "../cluster/client.ts";
import { inCluster } from "../cluster/in-cluster.ts";
import { readCounts } from "../counts/index.ts";
import { type Arguments, ArgumentsError, readArguments } from "./arguments.ts";
import { renderMetrics } from "./exposition.ts";
import { problemOf, Rounds } from "./rounds.ts";

/** Not a name that an engine of infrastructure takes fields over from. */
const FIELD_MANAGER = "model-lifecycle-controller";

/** A pass older than so many rounds, and a minute at least, is none of a process that is well. */
const LATE_ROUNDS = 20;
const LATE_MS = 60_000;

const log = (line: string): void => void process.stderr.write(`${new Date().toISOString()} ${line}\n`);

function accessOf({ server, tokenFile, caFile }: Arguments): Access {
  if (server === undefined) return inCluster();
  return {
    ...{ url: server.replace(/\/+$/, ""), namespace: "default" },
    ...(tokenFile !== undefined && { token: () => readFileSync(tokenFile, "utf8").trim() }),
    ...(caFile !== undefined && { ca: readFileSync(caFile, "utf8") }),
  };
}

/** `/metrics`, and `/healthz`: 200 while rounds come to their end, whatever they find; 503 when none has for long. */
function listen(rounds: Rounds, { port, everyMs }: Arguments, lastRound: () => number): Server {
  const lateMs = Math.max(LATE_MS, LATE_ROUNDS * everyMs);
  return createServer(({ url }, response) => {
    if (url === "/metrics") {
      response.setHeader("content-type", "text/plain; version=0.0.4");
      response.end(renderMetrics(rounds.reports));
      return;
    }
    const isLate = Date.now() - lastRound() > lateMs;
    response.statusCode = url !== "/healthz" ? 404 : isLate ? 503 : 200;
    response.end(
      rounds.reports
        .map(({ target, last }) => `${target.namespace}/${target.name} ${problemOf(last) || "ok"}\n`)
        .join(""),
    );
  }).listen(port);
}

async function main(): Promise<void> {
  const settings = readArguments(process.argv.slice(2));
  const client = createClient({ access: accessOf(settings), fieldManager: FIELD_MANAGER });
  const world = {
    ...{ client, counts: readCounts, now: Date.now, wait: (ms: number) => sleep(ms), random: Math.random },
    who: `controller ${hostname()}`,
  };
  const rounds = new Rounds(world, settings.routes, log);
  let ended = Date.now();
  const server = listen(rounds, settings, () => ended);
  const stopping = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stopping.abort());
  server.on("listening", () =>
    log(`drives ${settings.routes.length} routes; listens on ${(server.address() as AddressInfo).port}`),
  );
  while (!stopping.signal.aborted) {
    const took = await rounds.round();
    ended = Date.now();
    await sleep(Math.max(0, settings.everyMs - took), undefined, { signal: stopping.signal }).catch(() => {});
  }
  server.close();
  client.close();
}

if (import.meta.main) {
  main().catch((error: unknown) => {
    const isTheirs = error instanceof ArgumentsError || error instanceof AccessError;
    log(isTheirs ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error));
    process.exitCode = isTheirs ? 2 : 1;
  });
}
