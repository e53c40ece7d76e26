import { namedKinds } from "../guards/index.ts";

/** What a data plane counts by itself; every other metric arrives as feedback. */
export const requestMetrics: readonly string[] = namedKinds()
  .filter(({ source }) => source === "requests")
  .map(({ metric }) => metric);
