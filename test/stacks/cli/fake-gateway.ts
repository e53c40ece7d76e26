import { mkdirSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { identify } from "../../../components/host/process-identity.ts";
import type { RolloutEvidence } from "../../../components/rollout/index.ts";
import type { TrafficPlan, TrafficStatus } from "../../../components/traffic/index.ts";

export interface FakeGateway extends AsyncDisposable {
  /** What it was asked, with the file that the test watches as it stood then. */
  readonly requests: readonly {
    readonly method: string;
    readonly path: string;
    readonly body: unknown;
    readonly file: string;
  }[];
  status: TrafficStatus;
}

export interface FakeGatewaySettings {
  readonly endpoint?: string;
  readonly status: TrafficStatus;
  /** Read at each request. */
  readonly watch: () => string;
  /** Rollouts that it ended, by identity. */
  readonly ended?: Readonly<Record<string, unknown>>;
  /** What the running rollout is judged on. */
  readonly evidence?: RolloutEvidence;
}

const token = "the-token-of-the-test";

/** Files and admin port of a gateway, played by this process. */
export async function startFakeGateway(stateFolder: string, settings: FakeGatewaySettings): Promise<FakeGateway> {
  const { endpoint = "approval", watch, ended = {}, evidence } = settings;
  const requests: FakeGateway["requests"][number][] = [];
  const gateway: { status: TrafficStatus } = { status: settings.status };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const text = Buffer.concat(chunks).toString();
      const [method, path] = [request.method ?? "", request.url ?? ""];
      requests.push({ method, path, body: text === "" ? undefined : JSON.parse(text), file: watch() });
      const authorised = request.headers.authorization === `Bearer ${token}`;
      response.writeHead(authorised ? 200 : 401, { "content-type": "application/json" });
      const answer = path === "/admin/evidence" ? evidence : gateway.status;
      response.end(JSON.stringify(authorised ? answer : { error: "no token" }));
    });
  });
  const adminPort = await listen(server);
  const folder = join(stateFolder, "gateways", endpoint);
  mkdirSync(folder, { recursive: true });
  const write = (name: string, content: unknown) => writeFileSync(join(folder, name), JSON.stringify(content));
  write("gateway.json", {
    pid: process.pid,
    startTime: identify(process.pid)?.startTime,
    instance: "i",
    port: 1,
    adminPort,
  });
  const { plan, since, rollout } = settings.status;
  const servers = Object.fromEntries(Object.keys(plan.versions).map((name) => [name, `servers/${name}.sock`]));
  write("route.json", { format: 1, generation: 1, deprecatedSince: {}, plan, servers });
  write("rollout.json", { format: 1, progress: progressOf(rollout, since), since, ended, events: [] });
  writeFileSync(join(folder, "admin.token"), `${token}\n`, { mode: 0o600 });
  return {
    requests,
    get status() {
      return gateway.status;
    },
    set status(status) {
      gateway.status = status;
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

const progressOf = ({ phase, identity, ladder, step }: TrafficStatus["rollout"], since: string) => ({
  ...{ phase, identity, ladder, step, startedAt: since, stepSince: since },
  ...{ raises: 0, elapsedMs: 0, stepElapsedMs: 0, stepArms: {}, stepCopies: 0, proven: false, intervals: 0 },
});

const listen = (server: Server): Promise<number> =>
  new Promise((done) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      done(typeof address === "object" && address !== null ? address.port : 0);
    });
  });

/** A status of a gateway with this plan, in a phase. */
export const statusOf = (plan: TrafficPlan, rollout: Partial<TrafficStatus["rollout"]> = {}): TrafficStatus => ({
  model: plan.model,
  at: "2026-11-24T03:00:10.000Z",
  generation: 2,
  plan,
  weights: plan.candidate ? { [plan.stable]: 9_500, [plan.candidate]: 500 } : { [plan.stable]: 10_000 },
  shadowing: false,
  since: "2026-11-24T03:00:00.000Z",
  rollout: {
    phase: plan.candidate ? "progressing" : "idle",
    identity: plan.rollout.identity,
    ...(plan.candidate && { candidate: plan.candidate }),
    step: plan.candidate ? 0 : -1,
    ladder: plan.candidate ? [500, 5_000, 10_000] : [],
    ...rollout,
  },
  requests: {},
  events: [],
});
