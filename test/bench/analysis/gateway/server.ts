import { Upstream } from "../../../../components/platforms/local/gateway/upstream.ts";
import type {
  AnswerHandler,
  UpstreamRequest,
} from "../../../../components/platforms/local/gateway/upstream-request.ts";
import { normal, type Random } from "../draw.ts";
import type { Due, World } from "./world.ts";

/** What a model server does with a request: a status after so many ms, or nothing at all. */
export type Answer = { readonly status: number; readonly ms: number } | "silent";

/** How a version behaves. `at`: ms since the world began. */
export type Behaviour = (request: UpstreamRequest, at: number) => Answer;

const BODY = Buffer.from('{"label":"positive","score":0.5}');
const FAILURE = Buffer.from('{"error":"failed"}');
const FLOW = { pause: () => {}, resume: () => {} };

/** A model server that answers when its behaviour says so. It takes any number of requests at a time: nothing waits for a connection. */
export class SimulatedServer extends Upstream {
  readonly #world: World;
  readonly #behave: Behaviour;
  readonly #open = new Map<AnswerHandler, Due | undefined>();

  constructor(socket: string, world: World, behave: Behaviour) {
    super(socket);
    this.#world = world;
    this.#behave = behave;
  }

  override send(request: UpstreamRequest, handler: AnswerHandler): void {
    handler.onSent?.();
    const answer = this.#behave(request, this.#world.now);
    const due =
      answer === "silent" ? undefined : this.#world.after(answer.ms, () => this.#answer(handler, answer.status));
    this.#open.set(handler, due);
  }

  override cancel(handler: AnswerHandler): void {
    const due = this.#open.get(handler);
    if (due !== undefined) due.run = undefined;
    this.#open.delete(handler);
  }

  #answer(handler: AnswerHandler, status: number): void {
    this.#open.delete(handler);
    handler.onHead(status, ["content-type", "application/json"]);
    handler.onBody(status < 400 ? BODY : FAILURE, FLOW);
    handler.onEnd();
  }
}

/** How long an answer takes that nothing holds up, in ms: 30 at the median, 96 at p99. */
export const usualMs = (random: Random): number => 30 * Math.exp(0.5 * normal(random));
