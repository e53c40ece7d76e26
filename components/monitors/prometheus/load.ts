import type { LoadMonitor } from "../monitor.ts";
import type { ResolvedPrometheusMonitor } from "./document.ts";
import { prometheus } from "./prometheus.ts";

/** What watches by `monitor: { kind: prometheus }`. */
export const load: LoadMonitor<ResolvedPrometheusMonitor> = (part, platform) => prometheus(platform, part);
