import type { TrafficEvent } from "../../../traffic/status.ts";
import { eventsPath } from "../cluster/index.ts";
import type { HttpRoute } from "./objects.ts";
import type { Target, World } from "./world.ts";

/** The name under which a cluster knows who tells. */
const REPORTER = "model-lifecycle.dev/controller";

/** The most characters of a note (events.k8s.io/v1). */
const MOST_CHARACTERS = 1024;

/** What says that something is wrong. */
const WARNINGS: ReadonlySet<string> = new Set(["abort", "rollback", "hold", "loss", "drift", "gateway"]);

/** Tells people by events of the route. The state has them all: one that the cluster does not take is lost, and nothing waits for it. */
export async function tellCluster(
  { client, who }: World,
  { namespace, name }: Target,
  { metadata }: HttpRoute,
  notes: readonly TrafficEvent[],
): Promise<void> {
  for (const { at, kind, text } of notes) {
    await client.create(eventsPath(namespace), {
      apiVersion: "events.k8s.io/v1",
      kind: "Event",
      metadata: { generateName: `${name.slice(0, 50)}-`, namespace },
      // A time with microseconds, or the server refuses it.
      eventTime: at.replace(/(\.\d{3})?Z$/, (_, ms = ".000") => `${ms}000Z`),
      reportingController: REPORTER,
      reportingInstance: who.slice(0, 128),
      action: kind,
      reason: `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`.replaceAll(/[^A-Za-z]/g, ""),
      type: WARNINGS.has(kind) ? "Warning" : "Normal",
      regarding: {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "HTTPRoute",
        namespace,
        name,
        ...(metadata.uid !== undefined && { uid: metadata.uid }),
      },
      note: text.slice(0, MOST_CHARACTERS),
    });
  }
}
