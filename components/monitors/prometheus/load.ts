import type { LoadMonitor } from "../monitor.ts";
import { prometheus } from "./prometheus.ts";

/** What watches by `monitor: { kind: prometheus }`. */
export const load: LoadMonitor = (_part, { keep }) => prometheus(keep);
