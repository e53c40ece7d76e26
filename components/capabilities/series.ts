import { type Capability, restrictsNothing } from "./capability.ts";

/** Names of the time series that tell of an endpoint, as Prometheus reads them. */
export const series: Capability<readonly string[]> = {
  means: "The time series that tell of an endpoint, as Prometheus reads them.",
  refuses: "Nothing: a monitor asks it for what there is to draw and to alert on.",
  check: restrictsNothing,
  describe: (names) => (names.length === 0 ? "none" : names.map((name) => `\`${name}\``).join(", ")),
};
