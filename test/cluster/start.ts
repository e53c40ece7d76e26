import { messageOf } from "../../components/host/host-error.ts";
import { startCluster } from "./control-plane/index.ts";

// `node test/cluster/start.ts`: a real control plane on loopback until Ctrl-C, for trying things by hand.

try {
  const started = performance.now();
  const cluster = await startCluster();
  const stop = (): void => void cluster.stop().then(() => process.exit(0));
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  console.log(`Ready after ${((performance.now() - started) / 1000).toFixed(1)} s. It ends with this process.`);
  console.log(`url        ${cluster.url}`);
  console.log(`token      ${cluster.token}`);
  console.log(`ca         ${cluster.ca}`);
  console.log(`kubeconfig ${cluster.kubeconfig}`);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
