import type { LoadMonitor } from "../monitor.ts";
import type { ToyMonitorDocument } from "./document.ts";

/** What watches by `monitor: { kind: toy }`. */
export const load: LoadMonitor<ToyMonitorDocument> = ({ note }, { keep }) => ({
  watch: (context, { release }) => ({
    note: keep(context, release, { as: "rules", name: "note.txt", content: note }),
  }),
});
