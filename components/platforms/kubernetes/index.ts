export { kubernetes } from "./kubernetes.ts";
export type { KubernetesSettings } from "./settings.ts";
