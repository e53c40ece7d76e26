import type * as pulumi from "@pulumi/pulumi";
/** One model from one release document: endpoint, monitoring, and the way out. */
import { ModelEndpoint, ModelRetirement, MonitoringStack, readRelease } from "../components/index.ts";
import { localArchive, localDocuments } from "../components/platforms/local/index.ts";
import { loadPlatform } from "./platforms.ts";

const release = readRelease();
const { name } = release.model;

const endpoint = new ModelEndpoint(name, { release, platform: await loadPlatform(release.platform.kind) });
new MonitoringStack(`${name}-monitoring`, { release, monitor: localDocuments() });
const retirement = new ModelRetirement(`${name}-retirement`, { release, endpoint, store: localArchive() });

export const url: pulumi.Output<string> = endpoint.url;
export const archives: Readonly<Record<string, pulumi.Output<string>>> = Object.fromEntries(
  Object.entries(retirement.archives).map(([version, { uri }]) => [version, uri]),
);
