import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
import * as pulumi from "@pulumi/pulumi";
import type { MonitorDocument } from "../../monitors/monitor.ts";
import type { ResolvedKubernetesPlatform } from "./document/resolved.ts";
import { metadataOf } from "./objects/labels.ts";
import { objectAt, type Place } from "./place.ts";
import { objectName } from "./route/names.ts";

/** What Grafana's sidecar finds dashboards by. */
const DASHBOARD = { grafana_dashboard: "1" };

/** Makes an object of a monitor's text where it is one of a cluster, else a ConfigMap of it; and says where that is. */
export function keepInCluster(
  place: Place,
  model: string,
  platform: ResolvedKubernetesPlatform,
  { as, name, content, manifest }: MonitorDocument,
): pulumi.Output<string> {
  // Of targets there may be several, each with a name of its own.
  const [suffix, owner] = as === "targets" ? [`${name}-${as}`, name] : [as, model];
  const { labels, ...metadata } = metadataOf(objectName(owner, as), { model }, platform);
  const labelled = (more: Readonly<Record<string, string>>) => ({ ...metadata, labels: { ...more, ...labels } });
  if (manifest === undefined) {
    const more = as === "dashboard" ? DASHBOARD : {};
    const map = new ConfigMap(...objectAt(place, suffix, { metadata: labelled(more), data: { [name]: content } }));
    return where("configmap", map.metadata);
  }
  const { apiVersion, kind, labels: more, spec } = manifest;
  const object = new CustomResource(...objectAt(place, suffix, { apiVersion, kind, metadata: labelled(more), spec }));
  return where(kind.toLowerCase(), object.metadata);
}

const where = (
  kind: string,
  metadata: pulumi.Output<{ readonly namespace: string; readonly name: string }>,
): pulumi.Output<string> => pulumi.interpolate`${kind} ${metadata.namespace}/${metadata.name}`;
