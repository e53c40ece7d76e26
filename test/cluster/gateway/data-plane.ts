import type { Table } from "./table.ts";

/** A proxy that does what a table says. */
export interface DataPlane {
  /** Where requests are sent: `http://127.0.0.1:<port>`. */
  readonly url: string;
  /** What Prometheus scrapes: host and port, and path. */
  readonly metrics: { readonly target: string; readonly path: string };
  /** Makes the table the proxy's; one call at a time. */
  readonly apply: (table: Table) => Promise<void>;
  readonly stop: () => Promise<void>;
}
