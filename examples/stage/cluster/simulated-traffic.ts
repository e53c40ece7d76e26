import {
  type CountCursor,
  type Counted,
  type CountQuestion,
  countSince,
} from "../../../components/platforms/kubernetes/counts/index.ts";
import type { RouteOrder } from "../../../components/platforms/kubernetes/route/order.ts";
import type { Split } from "../../../components/platforms/kubernetes/route/split.ts";
import { createRandom, type Random } from "../random.ts";
import type { ClusterSeen, VersionBehaviour } from "./cluster-stage.ts";

/** Counters of one version as a Gateway and its pods have them. */
interface Counters {
  /** Requests that were sent to it, copies as well. */
  sent: number;
  answered: number;
  /** Of those that were answered, in `TAIL_MS` or less. */
  quick: number;
  feedback: number;
  positive: number;
}

/** One scrape: counters by version. */
interface Scrape {
  readonly at: number;
  readonly counters: ReadonlyMap<string, Counters>;
}

/** So many scrapes are kept: more than any question asks for. */
const MOST_SCRAPES = 400;
const GATEWAY = { job: "gateway", instance: "simulated" };
const PODS = { job: "pods", instance: "simulated" };
const METRIC = "positiveRate";

/** One answer in fifty takes longer than so, and none longer than the Gateway's next bucket. Unit: ms. */
const TAIL_MS = 25;
const SLOW_SHARE = 0.02;

/**
 * Customers, a gateway and a Prometheus that are computed, second by second. Every request is drawn by the weights that
 * the route has in that second, and counted as Envoy counts it; what a controller reads of it is counted by its own code.
 *
 * It proves which decisions follow from which counts. No request is sent, so it proves nothing of gateways, pods or time.
 */
export class SimulatedTraffic {
  readonly #random: Random;
  readonly #behaviours = new Map<string, VersionBehaviour>();
  readonly #counters = new Map<string, Counters>();
  readonly #heard = new Map<string, { good: number; bad: number }>();
  readonly #scrapes: Scrape[] = [];
  #sent = 0;
  #lost = 0;

  /** @param seed of every draw */
  constructor(seed: number) {
    this.#random = createRandom(seed);
  }

  behave(version: string, behaviour: VersionBehaviour): void {
    this.#behaviours.set(version, behaviour);
  }

  seen(): ClusterSeen {
    return { sent: this.#sent, lost: this.#lost, byVersion: Object.fromEntries(this.#heard) };
  }

  /** A second of requests goes by, and is scraped. @param at its end, in ms since 1970 */
  pass(requests: number, { shares, mirrored }: Split, at: number): void {
    for (let i = 0; i < requests; i++) {
      this.#ask(this.#draw(shares));
      if (mirrored !== undefined) this.#answer(mirrored);
    }
    this.#scrapes.push({ at, counters: new Map([...this.#counters].map(([name, own]) => [name, { ...own }])) });
    if (this.#scrapes.length > MOST_SCRAPES) this.#scrapes.shift();
  }

  /** What the controller counts. */
  counts(question: CountQuestion, cursor: CountCursor | undefined, { variants }: RouteOrder): Counted {
    const series = (labels: object, version: string, value: (own: Counters) => number) => ({
      labels: labels as Readonly<Record<string, string>>,
      histograms: [],
      values: this.#scrapes.flatMap(({ at, counters }) => {
        const own = counters.get(version);
        return own === undefined ? [] : [{ at, value: value(own) }];
      }),
    });
    const versions = [question.stable.version, question.candidate.version];
    const behind = (version: string) => {
      const { service, port } = variants[version] ?? { service: version, port: 80 };
      return { ...GATEWAY, [question.gateway.service]: `${question.namespace}_${service}_${port}` };
    };
    const told = (version: string) => ({ ...PODS, model: question.model, version, metric: METRIC });
    const { answers, durations } = question.gateway;
    const buckets = (version: string) =>
      [...(durations?.bounds ?? []), Number.POSITIVE_INFINITY].map((ms) =>
        series({ ...behind(version), le: Number.isFinite(ms) ? `${ms}` : "+Inf" }, version, (own) =>
          ms < TAIL_MS ? 0 : ms === TAIL_MS ? own.quick : own.answered,
        ),
      );
    const found = {
      sent: versions.map((each) => series(behind(each), each, ({ sent }) => sent)),
      answers: versions.map((each) =>
        series({ ...behind(each), [answers.status]: "2" }, each, ({ answered }) => answered),
      ),
      open: [],
      underWay: [],
      values: versions.map((each) => series(told(each), each, ({ feedback }) => feedback)),
      sums: versions.map((each) => series(told(each), each, ({ positive }) => positive)),
      buckets: versions.flatMap(buckets),
    };
    const moments = this.#scrapes.map(({ at }) => at);
    const up = new Map([GATEWAY, PODS].map(({ job, instance }) => [`${job} ${instance}`, moments]));
    return countSince(cursor, found, up, question);
  }

  #draw(shares: Split["shares"]): string | undefined {
    let left = this.#random.next() * 10_000;
    return Object.keys(shares).find((version) => {
      left -= shares[version] ?? 0;
      return left < 0;
    });
  }

  #ask(version: string | undefined): void {
    this.#sent += 1;
    if (version === undefined) {
      this.#lost += 1;
      return;
    }
    const heard = this.#heard.get(version) ?? { good: 0, bad: 0 };
    this.#heard.set(version, heard);
    const isGood = this.#answer(version);
    if (isGood) heard.good += 1;
    else heard.bad += 1;
    if (!isGood) return;
    const own = this.#of(version);
    own.feedback += 1;
    if (this.#random.chance(this.#behaviours.get(version)?.positive ?? 0)) own.positive += 1;
  }

  #answer(version: string): boolean {
    const own = this.#of(version);
    own.sent += 1;
    const isGood = !this.#random.chance(this.#behaviours.get(version)?.failing ?? 0);
    if (!isGood) return false;
    own.answered += 1;
    if (!this.#random.chance(SLOW_SHARE)) own.quick += 1;
    return true;
  }

  #of(version: string): Counters {
    const own = this.#counters.get(version) ?? { sent: 0, answered: 0, quick: 0, feedback: 0, positive: 0 };
    this.#counters.set(version, own);
    return own;
  }
}
