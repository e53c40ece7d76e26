/** What a data plane counts by itself; every other metric arrives as feedback. */
export const requestMetrics: readonly string[] = ["errorRate", "refusalRate", "latency"];
