/** What a router is told. */
export interface Route {
  readonly stable: string;
  readonly candidate?: string | undefined;
  /** The candidate's share, in basis points. */
  readonly weight: number;
}

/** Counts since the controller last asked. */
export interface Counted {
  readonly route: Route;
  readonly stable: number;
  readonly candidate: number;
}

/** What a router makes of the weight that it is told; one that is right makes nothing of it. */
export type Obeys = (weight: number) => number;

/** Divides requests one by one, and counts them: what a mesh or a load balancer is elsewhere. It lives while controllers come and go. */
export class Router {
  #route: Route | undefined;
  #stable = 0;
  #candidate = 0;
  readonly #random: () => number;
  readonly #obeys: Obeys;

  constructor(random: () => number, obeys: Obeys) {
    this.#random = random;
    this.#obeys = obeys;
  }

  set route(route: Route) {
    this.#route = route;
  }

  /** Who answers the next request; undefined while there is nothing to serve. */
  next(): string | undefined {
    if (this.#route === undefined) return undefined;
    const { stable, candidate, weight } = this.#route;
    if (candidate !== undefined && this.#random() * 10_000 < this.#obeys(weight)) {
      this.#candidate++;
      return candidate;
    }
    this.#stable++;
    return stable;
  }

  /** Gives the counts away. */
  take(): Counted | undefined {
    const counted = this.#route && { route: this.#route, stable: this.#stable, candidate: this.#candidate };
    [this.#stable, this.#candidate] = [0, 0];
    return counted;
  }
}
