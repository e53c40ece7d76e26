import { connect, type NetConnectOpts, type Socket } from "node:net";

const ROUNDS = 10;
/** So long V8 still compiles: a request costs half as much after some thousand as at first. */
const WARM_UP_ROUNDS = 12;
const REQUESTS = 500;

/** How often each way is timed, in words. */
export const TURNS: string = `${ROUNDS * REQUESTS} requests each way in turns, after ${WARM_UP_ROUNDS * REQUESTS} to warm all up`;

/** Milliseconds of each request by each way, over one connection each, so that whatever else the machine does meets all ways. @param body of what is sent to /predict */
export async function timeInTurns(
  ways: readonly NetConnectOpts[],
  body: string,
): Promise<readonly (readonly number[])[]> {
  const bytes = `POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  const clients = ways.map((way) => ({ client: new OneConnection(way, bytes), times: [] as number[] }));
  for (let round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
    for (const { client, times } of clients) {
      for (let i = 0; i < REQUESTS; i++) {
        const ms = await client.time();
        if (round >= WARM_UP_ROUNDS) times.push(ms);
      }
    }
  }
  for (const { client } of clients) client.close();
  return clients.map(({ times }) => times);
}

/** A client that costs next to nothing itself: the answers fit into one packet. */
class OneConnection {
  readonly #socket: Socket;
  readonly #bytes: string;
  #answered: () => void = () => {};

  constructor(address: NetConnectOpts, bytes: string) {
    this.#bytes = bytes;
    this.#socket = connect({ ...address, noDelay: true });
    this.#socket.on("data", () => this.#answered());
  }

  async time(): Promise<number> {
    const from = performance.now();
    await new Promise<void>((answered) => {
      this.#answered = answered;
      this.#socket.write(this.#bytes);
    });
    return performance.now() - from;
  }

  close(): void {
    this.#socket.destroy();
  }
}
