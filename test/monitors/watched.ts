import type { Watched } from "../../components/monitors/prometheus/watched.ts";
import { localCapabilities } from "../../components/platforms/local/data-plane/capabilities.ts";

/** A model behind our own gateway. */
export const watched = (model: string, changes: Partial<Watched> = {}): Watched => ({
  model,
  owner: "nlp-platform",
  series: localCapabilities.series,
  objective: 0.995,
  ...changes,
});
