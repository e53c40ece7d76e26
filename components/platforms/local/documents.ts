import { claimOnlyOne, type Transform, transformed } from "../../kit/index.ts";
import type { Monitor } from "../../monitors/monitor.ts";
import { renderDashboard } from "../../monitors/prometheus/dashboard.ts";
import { renderRules } from "../../monitors/prometheus/rules.ts";
import { stateDirOf } from "./local.ts";
import type { DocumentInputs } from "./provider/document.ts";
import { Document } from "./resources.ts";

export interface LocalDocumentsSettings {
  readonly transform?: { readonly rules?: Transform<DocumentInputs>; readonly dashboard?: Transform<DocumentInputs> };
}

/** Writes Prometheus rules and a Grafana dashboard for the gateway's metrics into the state folder's `documents`. */
export const localDocuments = ({ transform }: LocalDocumentsSettings = {}): Monitor => ({
  watch({ name, parent, tags }, { release, traffic }) {
    claimOnlyOne(`the local documents of model ${traffic.model}`, `MonitoringStack "${name}"`);
    const stateDir = stateDirOf(release);
    const rules = new Document(
      ...transformed<DocumentInputs>(
        transform?.rules,
        `${name}-rules`,
        { stateDir, name: `${traffic.model}.rules.yml`, content: renderRules(traffic.model, traffic.rollout), tags },
        { parent },
      ),
    );
    const dashboard = new Document(
      ...transformed<DocumentInputs>(
        transform?.dashboard,
        `${name}-dashboard`,
        {
          stateDir,
          name: `${traffic.model}.dashboard.json`,
          content: renderDashboard(traffic.model, traffic.rollout),
          tags,
        },
        { parent },
      ),
    );
    return { rules: rules.path, dashboard: dashboard.path };
  },
});
