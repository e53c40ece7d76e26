import type { ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { TrafficPlan } from "../../../components/traffic/plan.ts";
import { fail, type Seen, succeed } from "../../platforms/local/gateway/fake-server.ts";
import { between } from "./random.ts";

type Respond = (seen: Seen, response: ServerResponse) => void;

/** A way in which a candidate harms. What differs from seed to seed comes from `random`. */
export interface Harm {
  readonly name: string;
  readonly plan?: Partial<TrafficPlan>;
  /** The least time on each step, in ms. @default 300 */
  readonly bakeMs?: number;
  /** Clients send feedback. @default false */
  readonly feedback?: boolean;
  /** Real model servers, of which the candidate's model has another name for an input. @default false */
  readonly renamed?: boolean;
  /** The candidate's answers, anew for each rollout. Stable's take 5 ms. */
  readonly candidate: (random: () => number) => Respond;
}

const well: Respond = (_seen, response) => void sleep(5).then(() => succeed(response, "v2"));

/** Harms a share of the requests, from a tenth to all of them. */
const inPart = (random: () => number, harm: Respond): Respond => {
  const share = between(random, 0.1, 1);
  return (seen, response) => (random() < share ? harm(seen, response) : well(seen, response));
};

const pick = <T>(random: () => number, items: readonly [T, ...T[]]): T =>
  items[Math.floor(random() * items.length)] ?? items[0];

const NONSENSE = [
  "",
  "<html><body>502</body></html>",
  '{"version":"v2"}',
  '{"version":"v2","label":1}',
  '["positive"]',
  "null",
  '{"version":"v2","label":"positive"',
] as const;

/** Whole answers as they stand on the wire, of which no client can make anything. */
const UNREADABLE = [
  "HTTP/1.1 200 OK\r\nx-a: b\x01c\r\ncontent-length: 2\r\n\r\n{}",
  "HTTP/1.1 200 OK\r\nx a: b\r\ncontent-length: 2\r\n\r\n{}",
  "HTTP/1.1 200 OK\r\nx-a: b\nset-cookie: c\r\ncontent-length: 2\r\n\r\n{}",
  "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 5\r\n\r\n{}",
  "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
  `HTTP/1.1 200 OK\r\nx-a: ${"a".repeat(70_000)}\r\ncontent-length: 2\r\n\r\n{}`,
  "hello\r\n\r\n",
] as const;

/** Cut off in the middle of what was announced. */
const CUT_OFF = 'HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"version":';

function onTheWire(bytes: string): Respond {
  return (_seen, { socket }) => void socket?.end(bytes, "latin1");
}

export const HARMS: readonly Harm[] = [
  { name: "500", candidate: (random) => inPart(random, (_seen, response) => fail(response, pick(random, [500, 503]))) },
  {
    name: "4xx",
    candidate: (random) => {
      const status = pick(random, [400, 404, 422, 429]);
      return inPart(random, (_seen, response) => fail(response, status));
    },
  },
  { name: "hang", plan: { deadlineMs: 1_000 }, candidate: (random) => inPart(random, () => {}) },
  {
    name: "nonsense body",
    candidate: (random) => {
      const body = pick(random, NONSENSE);
      return inPart(random, (_seen, response) => response.end(body));
    },
  },
  {
    name: "unreadable answer",
    candidate: (random) => inPart(random, onTheWire(pick(random, [...UNREADABLE, CUT_OFF]))),
  },
  {
    name: "slow",
    candidate: (random) => {
      const ms = between(random, 100, 400);
      return inPart(random, (_seen, response) => void sleep(ms).then(() => succeed(response, "v2")));
    },
  },
  {
    name: "late failure in sticky sessions",
    plan: { stickyHeader: "x-session-id" },
    bakeMs: 1_000,
    candidate: (random) => {
      const from = performance.now() + between(random, 500, 2_500);
      return (seen, response) => (performance.now() < from ? well(seen, response) : fail(response));
    },
  },
  { name: "renamed input", renamed: true, candidate: () => well },
  {
    name: "wrong labels by feedback",
    feedback: true,
    candidate: (random) => {
      const share = between(random, 0.1, 1);
      return (_seen, response) => {
        const label = random() < share ? "negative" : "positive";
        void sleep(5).then(() => succeed(response, "v2", label));
      };
    },
  },
];
