import { type Transform, transformed } from "../../kit/index.ts";
import type { KeepDocument, Monitor } from "../../monitors/monitor.ts";
import { prometheus } from "../../monitors/prometheus/prometheus.ts";
import { localCapabilities } from "./data-plane/capabilities.ts";
import { stateDirOf } from "./places.ts";
import type { DocumentInputs } from "./provider/document.ts";
import { Document } from "./resources.ts";

/** How the documents of a monitor are kept on this machine. */
export interface LocalDocumentsSettings {
  /** Changes what a document is created with. @default - nothing */
  readonly transform?: { readonly rules?: Transform<DocumentInputs>; readonly dashboard?: Transform<DocumentInputs> };
}

/** Puts a monitor's texts into the state folder's `documents`. */
export const keepInStateFolder =
  ({ transform = {} }: LocalDocumentsSettings = {}): KeepDocument =>
  ({ name: prefix, parent, tags }, release, { as, name, content }) =>
    new Document(
      ...transformed<DocumentInputs>(
        as === "targets" ? undefined : transform[as],
        `${prefix}-${as}`,
        { stateDir: stateDirOf(release), name, content, tags },
        { parent },
      ),
    ).path;

/** Writes Prometheus rules and a Grafana dashboard for the gateway's metrics into the state folder's `documents`. */
export const localDocuments = (settings: LocalDocumentsSettings = {}): Monitor =>
  prometheus({ keep: keepInStateFolder(settings), capabilities: localCapabilities });
