import { ModelEndpoint, readRelease } from "pulumi-model-lifecycle";
import { local } from "pulumi-model-lifecycle/platforms/local";

const release = readRelease();
const endpoint = new ModelEndpoint("credit", { release, platform: local() });

export const url = endpoint.url;
