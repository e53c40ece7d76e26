import { type DocumentKind, documentKind } from "../../release/kind.ts";
import { renderSeen } from "../../release/problems.ts";
import * as scalars from "../../release/scalars.ts";
import { optional } from "../../release/section.ts";
import { type Duration, parseDuration } from "../../release/units.ts";

/** `platform` of a release that is served on the machine that runs the engine. */
export interface LocalPlatformDocument {
  /** local: processes and a gateway on the machine that runs the engine. */
  readonly kind: "local";
  /** The gateway's port for predictions on 127.0.0.1, "1" to "65535". The platform picks a free one when absent. Another port restarts the gateway. */
  readonly port?: string;
  /** The gateway's port for status, live page and rollback on 127.0.0.1, "1" to "65535". The platform picks a free one when absent. */
  readonly adminPort?: string;
  /** The longest a version may take over an answer: a duration up to "10 minutes". Later it counts as failed; stable is asked instead of the candidate, or the client gets 504. From the next request on. @default "30 seconds" */
  readonly deadline?: Duration;
  /** Where processes, routes, artifacts and archives of this stack are kept: an absolute path outside the checkout. Changing it on a running endpoint is refused. @default $XDG_STATE_HOME/model-lifecycle/<project>/<stack>, with ~/.local/state for an unset variable */
  readonly stateFolder?: string;
}

/** The same with its defaults filled in. */
export interface ResolvedLocalPlatform {
  readonly kind: "local";
  /** 1 to 65535; absent: a free one is picked and kept. */
  readonly port?: number;
  /** 1 to 65535; absent: a free one is picked and kept. */
  readonly adminPort?: number;
  /** The longest a version may take over an answer, in milliseconds. */
  readonly deadlineMs: number;
  /** Absolute. */
  readonly stateFolder?: string;
}

/** What the local platform brings to the document. */
export const localPlatform: DocumentKind<LocalPlatformDocument, ResolvedLocalPlatform> = documentKind({
  kind: "local",
  describedBy: "LocalPlatformDocument",
  fields: {
    port: optional(scalars.port()),
    adminPort: optional(scalars.port()),
    deadline: optional(scalars.deadline),
    stateFolder: optional(scalars.absolutePath("/srv/model-lifecycle/prod")),
  },
  resolve: ({ port, adminPort, deadline = "30 seconds", stateFolder }) => ({
    kind: "local",
    ...(port === undefined ? {} : { port: Number(port) }),
    ...(adminPort === undefined ? {} : { adminPort: Number(adminPort) }),
    deadlineMs: parseDuration(deadline),
    ...(stateFolder === undefined ? {} : { stateFolder }),
  }),
  brings: {
    archive: { kind: "local" },
    monitor: { kind: "prometheus" },
    plugin: { name: "model-lifecycle-local", path: "dist/components/platforms/local/provider" },
  },
  check({ port, adminPort }, report) {
    if (port === undefined || port !== adminPort) return;
    report(
      ["adminPort"],
      `${renderSeen(adminPort)}, which is port as well`,
      "another port than port",
      "Choose another adminPort, or remove it.",
    );
  },
});
