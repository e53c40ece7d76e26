import { allMetrics, type Capabilities } from "../../../components/capabilities/index.ts";

/** Can hardly do anything, so that shared code that takes a platform's strength for granted is caught. */
export const weakness: Capabilities = {
  sources: ["files"],
  runtimes: [],
  golden: false,
  weights: { kind: "slots", slot: 1_000 },
  shadow: false,
  maxVariants: 2,
  sticky: false,
  pinning: false,
  gone: false,
  archives: ["files"],
  abortSeconds: 0,
  feedback: false,
  climbs: "controller",
  guards: allMetrics,
  notices: false,
  series: [],
};
