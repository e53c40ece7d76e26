/** A Kubernetes cluster without a cluster: for rehearsing programs, and for what reads and writes routes. */
export { SimulatedApi, type SimulationSettings } from "./api/simulated-api.ts";
export type { Grant, PolicyRule } from "./grants.ts";
export { type SimulatedCluster, startSimulatedCluster } from "./simulated-cluster.ts";
