import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { TrafficPlan } from "../../../components/traffic/plan.ts";
import { type Bench, type Sent, send } from "../../platforms/local/gateway/harness.ts";
import { heavyBatch } from "./heavy-requests.ts";

/** What somebody without credentials, at one address among others, does to decide a rollout. */
export interface Attack {
  readonly name: string;
  /** `end`: the candidate is healthy and must go on. `promote`: it fails a tenth of what others ask and must not complete. */
  readonly goal: "end" | "promote";
  readonly plan?: Partial<TrafficPlan>;
  /**
   * What answers. `scripted`: servers that know the words below. `trained`: the example's model servers. `mortal`: processes
   * that end on a request with "end" in it and are started again.
   * @default scripted
   */
  readonly servers?: "scripted" | "trained" | "mortal";
  readonly run: (bench: Bench, isOn: () => boolean) => Promise<unknown>;
}

const STICKY: Partial<TrafficPlan> = { stickyHeader: "x-session-id" };

let number = 0;

/** Asks from so many connections, one thing after the other, as fast as they are answered. */
const flood =
  (sent: (number: number) => Sent & { readonly path?: string }, lanes = 16): Attack["run"] =>
  async (bench, isOn) => {
    const lane = async (): Promise<void> => {
      while (isOn()) {
        const { path = "/predict", ...rest } = sent(number++);
        await bench.data(path, { method: "POST", ...rest }).catch(() => undefined);
        await sleep(1);
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  };

/** Opens so many connections, and new ones for those that were closed; `use` is given each. */
const connections =
  (count: number, use: (socket: ReturnType<typeof connect>) => void): Attack["run"] =>
  async (bench, isOn) => {
    const lane = async (): Promise<void> => {
      while (isOn()) {
        const socket = connect(bench.port, "127.0.0.1");
        socket.on("error", () => {});
        const closed = new Promise((done) => socket.on("close", done));
        use(socket);
        while (isOn() && !socket.destroyed) await Promise.race([closed, sleep(100)]);
        socket.destroy();
        await sleep(10);
      }
    };
    await Promise.all(Array.from({ length: count }, lane));
  };

const post = (body: string, headers = ""): string =>
  `POST /predict HTTP/1.1\r\nhost: x\r\n${headers}content-length: ${body.length}\r\n\r\n${body}`;

const session = (number: number): Readonly<Record<string, string>> => ({ "x-session-id": `made up ${number}` });

/** Feedback about real predictions, as somebody without the token would try to send it. */
const forgeFeedback =
  (item: (id: string) => unknown, headers: readonly Readonly<Record<string, string>>[]): Attack["run"] =>
  async (bench, isOn) => {
    while (isOn()) {
      const answers = await Promise.all(Array.from({ length: 8 }, () => bench.predict({ body: ownText() })));
      const ids = answers.map((answer) => String(answer.headers["x-prediction-id"]));
      const body = JSON.stringify(ids.flatMap((id) => [id, changed(id), "A".repeat(22)]).map(item));
      for (const each of headers) {
        await bench.data("/feedback", { method: "POST", body, headers: each }).catch(() => undefined);
        await send(bench.adminPort, "/feedback", { method: "POST", body, headers: each }).catch(() => undefined);
      }
    }
  };

const ownText = (): string => `{"text":"attack ${number++}"}`;
const changed = (id: string): string => (id.startsWith("A") ? "B" : "A") + id.slice(1);

const CREDENTIALS = [
  {},
  { authorization: "" },
  { authorization: "Bearer" },
  { authorization: "Bearer undefined" },
  { authorization: "Basic Og==" },
  { origin: "http://evil.example", cookie: "feedback.token=x" },
];

const operate: Attack["run"] = async (bench, isOn) => {
  while (isOn()) {
    for (const path of ["/admin/abort", "/admin/rollback", "/admin/route", "/admin/evidence"]) {
      for (const method of ["POST", "PUT", "DELETE"]) {
        const sent = { method, body: '{"reason":"attack"}', headers: { authorization: "Bearer x" } };
        await send(bench.adminPort, path, sent).catch(() => undefined);
        await send(bench.port, path, sent).catch(() => undefined);
      }
    }
    await sleep(100);
  }
};

const pinned = { "x-model-version": "v2" };
const versioned = "/v2/models/sentiment/versions/v2/infer";

export const ATTACKS: readonly Attack[] = [
  {
    ...{ name: "feedback without the credential", goal: "end" },
    run: forgeFeedback((predictionId) => ({ predictionId, label: "negative" }), CREDENTIALS),
  },
  { name: "administration without the token", goal: "end", run: operate },
  {
    ...{ name: "one input that only the candidate fails", goal: "end" },
    run: flood(() => ({ body: '{"text":"poison"}' })),
  },
  {
    ...{ name: "one such input in many spellings", goal: "end" },
    run: flood((at) => ({ body: `{"text":"poison","at":${at}}` })),
  },
  {
    ...{ name: "one such input under new session names", goal: "end", plan: STICKY },
    run: flood((at) => ({ body: '{"text":"poison"}', headers: session(at) })),
  },
  {
    ...{ name: "one such input in many spellings under new session names", goal: "end", plan: STICKY },
    run: flood((at) => ({ body: `{"text":"poison","at":${at}}`, headers: session(at) })),
  },
  {
    ...{ name: "inputs that every version refuses", goal: "end" },
    run: flood((at) => ({ body: `{"text":"wrong ${at}"}` })),
  },
  {
    ...{ name: "large answers that are not read", goal: "end" },
    run: connections(100, (socket) => {
      socket.pause();
      socket.write(post('{"text":"large"}').repeat(4));
    }),
  },
  {
    ...{ name: "large answers of the candidate by name that are not read", goal: "end" },
    run: connections(100, (socket) => {
      socket.pause();
      socket.write(post('{"text":"large"}', "x-model-version: v2\r\n").repeat(4));
    }),
  },
  {
    ...{ name: "clients that leave before the answer", goal: "end" },
    run: connections(50, (socket) => {
      socket.write(post(`{"text":"slow ${number++}"}`));
      setTimeout(() => socket.resetAndDestroy(), 50);
    }),
  },
  {
    ...{ name: "clients that stop in the middle of their request", goal: "end" },
    run: connections(300, (socket) => socket.write("POST /predict HTTP/1.1\r\nhost: x\r\ncontent-length: 99\r\n\r\n{")),
  },
  {
    ...{ name: "connections that send far ahead", goal: "end" },
    run: connections(24, (socket) => {
      socket.resume();
      socket.write(post('{"text":"slow"}').repeat(200));
    }),
  },
  {
    ...{ name: "300 requests at once that name the candidate", goal: "end" },
    run: flood((at) => ({ body: `{"text":"slow ${at}"}`, headers: pinned }), 300),
  },
  {
    ...{ name: "the costliest requests, naming the candidate", goal: "end", servers: "trained" },
    run: flood(() => ({ path: versioned, body: heavyBatch }), 20),
  },
  {
    ...{ name: "the costliest requests, naming no version", goal: "end", servers: "trained" },
    run: flood(() => ({ path: "/v2/models/sentiment/infer", body: heavyBatch }), 20),
  },
  {
    ...{ name: "requests that end any process, naming the candidate", goal: "end", servers: "mortal" },
    run: flood((at) => ({ body: `{"text":"end","at":${at},"is":"end"}`, headers: pinned }), 4),
  },
  {
    ...{ name: "requests that end any process, naming no version", goal: "end", servers: "mortal" },
    run: flood((at) => ({ body: `{"text":"end","at":${at}}` }), 4),
  },
  {
    ...{ name: "good requests under made-up sessions", goal: "promote", plan: STICKY },
    run: flood((at) => ({ body: '{"text":"good"}', headers: session(at) }), 48),
  },
  {
    ...{ name: "good requests of many inputs under made-up sessions", goal: "promote", plan: STICKY },
    run: flood((at) => ({ body: `{"text":"good","at":${at}}`, headers: session(at) }), 48),
  },
  { name: "one good request again and again", goal: "promote", run: flood(() => ({ body: '{"text":"good"}' }), 48) },
  {
    ...{ name: "good requests of many inputs", goal: "promote" },
    run: flood((at) => ({ body: `{"text":"good","at":${at}}` }), 48),
  },
  {
    ...{ name: "good requests that name the candidate", goal: "promote" },
    run: flood((at) => ({ body: `{"text":"good","at":${at}}`, headers: pinned }), 48),
  },
  {
    ...{ name: "good feedback without the credential", goal: "promote" },
    run: forgeFeedback((predictionId) => ({ predictionId, metric: "accuracy", value: 1 }), CREDENTIALS),
  },
];
