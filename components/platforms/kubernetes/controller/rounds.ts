import { type Passed, pass } from "./pass.ts";
import type { Target, World } from "./world.ts";

/** What is known of a route that is driven. */
export interface RouteReport {
  readonly target: Target;
  /** The route's name until the model is known. */
  readonly model: string;
  /** When a pass last came to its end, in ms since 1970; absent before the first. */
  readonly doneAt?: number;
  readonly last?: Passed;
}

/** So many routes are asked about at once: an API server is not to be flooded. */
const AT_ONCE = 4;

/** Drives some routes, round by round. One that goes wrong keeps no other. */
export class Rounds {
  readonly #world: World;
  readonly #log: (line: string) => void;
  readonly #reports: Map<string, RouteReport>;

  /** @param log a line when something new is to be said of a route */
  constructor(world: World, targets: readonly Target[], log: (line: string) => void) {
    this.#world = world;
    this.#log = log;
    this.#reports = new Map(targets.map((target) => [keyOf(target), { target, model: target.name }]));
  }

  get reports(): readonly RouteReport[] {
    return [...this.#reports.values()];
  }

  /** One pass over each route. @returns how long it took, in ms of the world's clock */
  async round(): Promise<number> {
    const before = this.#world.now();
    const waiting = this.reports.map(({ target }) => target);
    const work = async (): Promise<void> => {
      for (let target = waiting.shift(); target !== undefined; target = waiting.shift()) await this.#drive(target);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    return this.#world.now() - before;
  }

  async #drive(target: Target): Promise<void> {
    const known = this.#reports.get(keyOf(target));
    const last = await this.#pass(target);
    const said = problemOf(last);
    if (said !== "" && said !== problemOf(known?.last)) this.#log(`${keyOf(target)}: ${said}`);
    const doneAt = last.kind === "done" ? this.#world.now() : known?.doneAt;
    const model = (last.kind === "done" ? last.kept.state.plan?.model : undefined) ?? known?.model ?? target.name;
    this.#reports.set(keyOf(target), { target, model, last, ...(doneAt !== undefined && { doneAt }) });
  }

  /** What nobody has foreseen stops this route alone. */
  async #pass(target: Target): Promise<Passed> {
    try {
      return await pass(this.#world, target);
    } catch (error) {
      return { kind: "stopped", problem: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  }
}

/** What is wrong with a route; empty when nothing is. */
export const problemOf = (passed: Passed | undefined): string => passed?.problem ?? "";

const keyOf = ({ namespace, name }: Target): string => `${namespace}/${name}`;
