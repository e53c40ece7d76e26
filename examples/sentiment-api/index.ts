import { ModelEndpoint, ModelRetirement, MonitoringStack, readRelease } from "pulumi-model-lifecycle";
import { local, localArchive, localDocuments } from "pulumi-model-lifecycle/platforms/local";

const release = readRelease();

const endpoint = new ModelEndpoint("sentiment", { release, platform: local() });
new MonitoringStack("sentiment-monitoring", { release, monitor: localDocuments() });
new ModelRetirement("sentiment-retirement", { release, endpoint, store: localArchive() });

export const url = endpoint.url;
