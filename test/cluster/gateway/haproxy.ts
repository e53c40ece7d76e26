import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../../components/host/free-port.ts";
import { expectAlive, type Leashed, startLeashed } from "../control-plane/leash.ts";
import type { DataPlane } from "./data-plane.ts";
import { type HaproxyPlace, renderConfig, SLOTS, thresholdsOf } from "./haproxy-config.ts";
import type { Backend, Table } from "./table.ts";

/** A real HAProxy on loopback. Weights and addresses change while it runs; rules and services by a seamless reload. @param folder an existing one of its own */
export async function startHaproxy(folder: string): Promise<DataPlane> {
  const place: HaproxyPlace = {
    socket: join(folder, "haproxy.sock"),
    thresholds: join(folder, "thresholds.map"),
    port: await freePort(),
    metricsPort: await freePort(),
  };
  const config = join(folder, "haproxy.cfg");
  let running: Leashed | undefined;
  let written = "";
  const load = async (table: Table, text: string): Promise<void> => {
    writeFileSync(config, text);
    writeFileSync(place.thresholds, [...thresholdsOf(table)].map(([key, value]) => `${key} ${value}\n`).join(""));
    const former = running?.child.pid;
    // The listening sockets are taken over from the former process, which ends when its requests are answered.
    const handOver = former === undefined ? [] : ["-x", place.socket, "-sf", String(former)];
    const args = ["-db", "-f", config, ...handOver];
    const next = startLeashed({ name: "haproxy", path: "haproxy", args, log: join(folder, "haproxy.log") });
    await waitUntilInCharge(place.socket, next);
    running = next;
    written = text;
  };
  const empty: Table = { backends: [], rules: [] };
  await load(empty, renderConfig(empty, place));
  return {
    url: `http://127.0.0.1:${place.port}`,
    metrics: { target: `127.0.0.1:${place.metricsPort}`, path: "/metrics" },
    apply: async (table) => {
      if (table.rules.some(({ mirror }) => mirror !== undefined)) throw new Error("HAProxy alone mirrors no requests");
      const text = renderConfig(table, place);
      if (text !== written) await load(table, text);
      await command(place.socket, [
        ...[...thresholdsOf(table)].map(([key, value]) => `set map ${place.thresholds} ${key} ${value}`),
        ...table.backends.flatMap(serverCommands),
      ]);
    },
    stop: async () => running?.stop(),
  };
}

function serverCommands({ id, addresses }: Backend): readonly string[] {
  if (addresses.length > SLOTS) throw new Error(`${id} has ${addresses.length} addresses; ${SLOTS} are room for`);
  return Array.from({ length: SLOTS }, (_, index) => {
    const pod = addresses[index];
    const server = `${id}/pod${index + 1}`;
    return pod === undefined
      ? [`set server ${server} state maint`]
      : [`set server ${server} addr ${pod.address} port ${pod.port}`, `set server ${server} state ready`];
  }).flat();
}

/** Gives commands on the administration socket, and reads every answer: a refused one is an error. */
async function command(socket: string, commands: readonly string[]): Promise<void> {
  for (let first = 0; first < commands.length; first += AT_ONCE) {
    const answer = await ask(socket, commands.slice(first, first + AT_ONCE).join("; "));
    const refused = answer
      .split("\n")
      .filter((line) => line !== "" && !/^(no need to change|IP changed|port changed)/.test(line));
    if (refused.length > 0) throw new Error(`haproxy: ${refused.join(", ")}`);
  }
}

/** A line of commands is 16 kB at most. */
const AT_ONCE = 50;

function ask(socket: string, line: string): Promise<string> {
  const connection = connect(socket);
  connection.end(`${line}\n`);
  return text(connection);
}

/** Waits until the administration socket is this process's: from then on it takes new connections. */
async function waitUntilInCharge(socket: string, server: Leashed): Promise<void> {
  for (;;) {
    expectAlive(server);
    const info = await ask(socket, "show info").catch(() => "");
    if (info.includes(`\nPid: ${server.child.pid}\n`)) return;
    await sleep(20);
  }
}
