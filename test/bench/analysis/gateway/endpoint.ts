import { mkdtempSync, rmSync } from "node:fs";
import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Controller } from "../../../../components/platforms/local/gateway/controller.ts";
import { Exchange } from "../../../../components/platforms/local/gateway/exchange.ts";
import { HeldReply } from "../../../../components/platforms/local/gateway/held-reply.ts";
import { Persistence, type RecordedInterval } from "../../../../components/platforms/local/gateway/persistence.ts";
import { Traffic } from "../../../../components/platforms/local/gateway/traffic.ts";
import type { TrafficPlan } from "../../../../components/traffic/plan.ts";
import { type Behaviour, SimulatedServer } from "./server.ts";
import type { World } from "./world.ts";

const BEGIN = Date.UTC(2026, 0, 1);
const INTERVAL_MS = 1_000;

/** Who serves: stable and the candidate of `canaryPlan`. */
export interface Servers {
  readonly v1: Behaviour;
  readonly v2: Behaviour;
}

/** A request that is drawn. */
export interface Ask {
  /** Distinguishes what is asked: the gateway counts no input for more than the others. */
  readonly input: string;
  /** The address that it comes from. */
  readonly source: string;
  /** The value of the plan's sticky header. */
  readonly session?: string;
  /** Is told of an answer that has a prediction id. */
  readonly answered?: (predictionId: string) => void;
}

/** The gateway's own parts in one process without ports: exchanges, counters, cohorts, controller and core are the product's. */
export class Endpoint {
  readonly controller: Controller;
  readonly #traffic: Traffic;
  readonly #files: Files;

  constructor(world: World, servers: Servers) {
    this.#traffic = new Traffic({ feedbackKey: Buffer.from("simulated"), startedAt: BEGIN });
    this.#files = new Files();
    const clock = { wall: () => BEGIN + world.now, monotonic: () => world.now };
    this.controller = new Controller({ traffic: this.#traffic, files: this.#files, clock });
    for (const [version, behave] of Object.entries(servers))
      this.#traffic.upstreams.set(version, new SimulatedServer(SOCKETS[version as keyof Servers], world, behave));
    world.every(INTERVAL_MS, () => this.controller.tick());
  }

  /** @throws Error when the gateway refuses the plan */
  deploy(plan: TrafficPlan): void {
    const refusal = this.controller.accept({ plan, servers: SOCKETS });
    if (refusal !== undefined) throw new Error(refusal.error);
  }

  ask({ input, source, session, answered }: Ask): void {
    const { routing } = this.#traffic;
    if (routing === undefined) throw new Error("no plan was deployed");
    const headers = session === undefined ? [] : [STICKY, session];
    const question = { method: "POST", path: PREDICT.path, headers };
    new Exchange(this.#traffic, routing, question, new Reply(answered), PREDICT, source).begin(Buffer.from(input));
  }

  /** What comes back about a prediction, as the feedback port takes it. */
  feedBack(predictionId: string, metric: string, value: number): void {
    const metrics = this.controller.metrics();
    this.#traffic.feedback.receive({ predictionId, metric, value }, metrics, (item) =>
      this.#traffic.takeFeedback(item),
    );
  }

  end(): void {
    this.#files.end();
  }
}

/** The header whose value names a session. */
export const STICKY = "x-session-id";

const SOCKETS: Readonly<Record<keyof Servers, string>> = { v1: "v1.sock", v2: "v2.sock" };
const PREDICT = { prediction: true, path: "/predict" };

/** Intervals in memory, and no record of how far a rollout came: nothing restarts here. */
class Files extends Persistence {
  #intervals: RecordedInterval[] = [];

  constructor() {
    const directory = mkdtempSync(join(tmpdir(), "mlc-simulated-"));
    const at = (name: string): string => join(directory, name);
    super({
      ...{ directory, route: at("route.json"), rollout: at("rollout.json"), intervals: at("intervals.jsonl") },
      ...{ adminToken: at("admin.token"), feedbackKey: at("feedback.key"), feedbackToken: at("feedback.token") },
      gateway: at("gateway.json"),
    });
  }

  override writeRoute(): void {}
  override writeRollout(): void {}

  override appendInterval(interval: RecordedInterval): void {
    this.#intervals.push(interval);
  }

  override clearIntervals(): void {
    this.#intervals = [];
  }

  override readIntervals(offset: number): { intervals: readonly RecordedInterval[]; offset: number } {
    return { intervals: this.#intervals.slice(offset), offset: this.#intervals.length };
  }

  end(): void {
    rmSync(this.paths.directory, { recursive: true });
  }
}

/** A client that takes what it is given. */
class Reply extends HeldReply {
  readonly #answered: Ask["answered"];

  constructor(answered: Ask["answered"]) {
    super(NOWHERE);
    this.#answered = answered;
  }

  override answer(_status: number, headers: readonly string[]): void {
    if (this.#answered === undefined) return;
    const id = headers[headers.indexOf("x-prediction-id") + 1];
    if (id !== undefined && headers.includes("x-prediction-id")) this.#answered(id);
  }
}

const NOWHERE = new ServerResponse(new IncomingMessage(new Socket()));
