import type * as pulumi from "@pulumi/pulumi";
/** One model from one release document: endpoint, monitoring, and the way out. */
import { ModelEndpoint, ModelRegistry, ModelRetirement, MonitoringStack, readRelease } from "../components/index.ts";
import { loadParts } from "./parts.ts";

const release = readRelease();
const { name } = release.model;

const { platform, monitor, store, registry } = await loadParts(release);
const endpoint = new ModelEndpoint(name, { release, platform });
if (monitor !== undefined) new MonitoringStack(`${name}-monitoring`, { release, monitor });
if (registry !== undefined) new ModelRegistry(`${name}-registry`, { release, endpoint, registry });
const retirement = store && new ModelRetirement(`${name}-retirement`, { release, endpoint, store });

/** Where clients send requests. */
export const url: pulumi.Output<string> = endpoint.url;

/** Where the archives of retired versions lie, by version. */
export const archives: Readonly<Record<string, pulumi.Output<string>>> = Object.fromEntries(
  Object.entries(retirement?.archives ?? {}).map(([version, { uri }]) => [version, uri]),
);
