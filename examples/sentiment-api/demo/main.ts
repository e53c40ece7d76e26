/** The whole life of a model version in some minutes: on this machine, or in a cluster. */
import { optionsOrEnd } from "./options.ts";

const options = optionsOrEnd();
if (options.on === "local") await import("./on-local.ts");
else await (await import("./on-kubernetes.ts")).playOnKubernetes(options);
