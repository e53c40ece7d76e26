import { ModelEndpoint, ModelRegistry, ModelRetirement, MonitoringStack, readRelease } from "pulumi-model-lifecycle";
import { loadParts } from "pulumi-model-lifecycle/parts";

const release = readRelease();
// The stack's release names them: a machine in one stack, a cluster in another.
const { platform, monitor, store, registry } = await loadParts(release);

const endpoint = new ModelEndpoint("sentiment", { release, platform });
if (monitor) new MonitoringStack("sentiment-monitoring", { release, monitor });
if (registry) new ModelRegistry("sentiment-registry", { release, endpoint, registry });
if (store) new ModelRetirement("sentiment-retirement", { release, endpoint, store });

export const url = endpoint.url;
