import type * as pulumi from "@pulumi/pulumi";
/** One model from one release document: endpoint, monitoring, and the way out. */
import { ModelEndpoint, ModelRetirement, MonitoringStack, readRelease } from "../components/index.ts";
import { loadPlatform } from "./platforms.ts";

const release = readRelease();
const { name } = release.model;

const { platform, monitor, store } = await loadPlatform(release.platform.kind);
const endpoint = new ModelEndpoint(name, { release, platform });
new MonitoringStack(`${name}-monitoring`, { release, monitor });
const retirement = new ModelRetirement(`${name}-retirement`, { release, endpoint, store });

export const url: pulumi.Output<string> = endpoint.url;
export const archives: Readonly<Record<string, pulumi.Output<string>>> = Object.fromEntries(
  Object.entries(retirement.archives).map(([version, { uri }]) => [version, uri]),
);
