import type { ServicePort } from "../route/order.ts";

/** Series of one metric that count for services. */
export interface GatewayMetric {
  readonly metric: string;
  /** Labels that set its series apart from others of the same name. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** A histogram, by its name without `_bucket`. */
export interface Histogram extends GatewayMetric {
  readonly unit: "s" | "ms";
  /** Where its buckets end unless somebody has set others, in ms, rising. Others are told when they are read. */
  readonly bounds: readonly number[];
}

/** What an implementation of the Gateway API counts of the services behind it. One file each, with where the facts are from. */
export interface Gateway {
  /** How people call it. */
  readonly title: string;
  /** Counts every request that was sent to a service, whatever became of it: also those that nobody answered. */
  readonly sent: GatewayMetric;
  /** Counts answers of a service by their status; what was sent and neither answered nor refused has failed. */
  readonly answers: GatewayMetric & {
    /** The label with the status: its first digit counts. */
    readonly status: string;
  };
  /** Whether `answers` also has what the gateway answered itself because a service gave nothing: then all that was sent ends there. */
  readonly answersAll: boolean;
  /** The histogram of how long answers take; absent: it has none. */
  readonly durations?: Histogram;
  /** Requests that are under way, where they count as sent when they begin. */
  readonly open?: GatewayMetric;
  /**
   * Requests that are under way, where they count as sent when they end; there every request is divided by the weights
   * themselves, and counts are held against them.
   */
  readonly underWay?: GatewayMetric;
  /** The label that tells services apart. */
  readonly service: string;
  /** What that label says of a service: a regular expression for the whole value. */
  readonly valueOf: (namespace: string, port: ServicePort) => string;
  /** Labels that a service's series have beside it. */
  readonly beside?: (namespace: string) => Readonly<Record<string, string>>;
  /** Whether filters of a single backend are honoured: the answer's version, and notices. */
  readonly backendFilters: boolean;
  /**
   * Whether a header is matched by a regular expression, which the standard leaves to each implementation, and an exact match
   * comes before it: then who names a version that never was is told so.
   */
  readonly headerPatterns: boolean;
  /** What has to be set up for its series to tell versions apart; empty where nothing has. */
  readonly setUp: readonly string[];
}
