import { connect, type NetConnectOpts, type Socket } from "node:net";
import { join } from "node:path";
import { canaryPlan } from "../../support/plans.ts";
import { type Figure, figure, percentile } from "../figure.ts";
import { EVERY_GUARD, REQUEST, route, startReal } from "./real-servers.ts";

const ROUNDS = 10;
/** So long V8 still compiles: a request costs half as much after some thousand as at first. */
const WARM_UP_ROUNDS = 12;
const REQUESTS = 500;

/** What the gateway adds to a request: through it, and straight to the model server's socket, in turns, one connection each. */
export async function benchLatency(main: string): Promise<readonly Figure[]> {
  const real = await startReal(main);
  try {
    await route(real, canaryPlan({ weight: 0 }, { guards: EVERY_GUARD }));
    const direct: number[] = [];
    const through: number[] = [];
    const clients = [
      { client: new OneConnection({ path: join(real.bench.root, "v1.sock") }), times: direct },
      { client: new OneConnection({ host: "127.0.0.1", port: real.bench.port }), times: through },
    ];
    for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
      for (const { client, times } of clients) {
        for (let i = 0; i < REQUESTS; i++) {
          const ms = await client.time();
          if (round >= WARM_UP_ROUNDS) times.push(ms);
        }
      }
    }
    for (const { client } of clients) client.close();
    const at = (share: number) => percentile(through, share) - percentile(direct, share);
    const warmUp = `after ${WARM_UP_ROUNDS * REQUESTS} to warm both up`;
    const detail = `${ROUNDS * REQUESTS} requests each way in turns, ${warmUp}; p50 ${percentile(through, 0.5).toFixed(3)} ms through, ${percentile(direct, 0.5).toFixed(3)} ms direct; at p99 it adds ${at(0.99).toFixed(2)} ms`;
    return [figure("gateway-added-p50-ms", at(0.5), "ms", { atMost: 0.3 }, detail)];
  } finally {
    await real.stop();
  }
}

const BYTES = `POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${REQUEST.length}\r\n\r\n${REQUEST}`;

/** A client that costs next to nothing itself: the answers fit into one packet. */
class OneConnection {
  readonly #socket: Socket;
  #answered: () => void = () => {};

  constructor(address: NetConnectOpts) {
    this.#socket = connect({ ...address, noDelay: true });
    this.#socket.on("data", () => this.#answered());
  }

  async time(): Promise<number> {
    const from = performance.now();
    await new Promise<void>((answered) => {
      this.#answered = answered;
      this.#socket.write(BYTES);
    });
    return performance.now() - from;
  }

  close(): void {
    this.#socket.destroy();
  }
}
