import { writeFileSync } from "node:fs";
import path from "node:path";
import { kinds } from "../../../components/simulations/kubernetes/api/kinds.ts";
import { startCluster } from "../control-plane/index.ts";
import { trimmed } from "./trim-schemas.ts";

// `node test/cluster/simulation/write-schemas.ts`: asks a real API server for the schemas of the kinds that the
// simulation has, and writes them beside it. Run it when the versions of the control plane or of its CRDs change.

const folder = path.resolve(import.meta.dirname, "../../../components/simulations/kubernetes/schemas");
const cluster = await startCluster();
try {
  const groups = new Map<string, unknown>();
  for (const { group, version } of kinds) {
    const at = group === "" ? `api/${version}` : `apis/${group}/${version}`;
    if (!groups.has(at)) groups.set(at, (await cluster.api.send("GET", `/openapi/v3/${at}`)).body);
  }
  const { builtIn, custom } = trimmed([...groups.values()]);
  writeFileSync(path.join(folder, "built-in.json"), `${JSON.stringify(builtIn)}\n`);
  writeFileSync(path.join(folder, "custom.json"), `${JSON.stringify(custom)}\n`);
} finally {
  await cluster.stop();
}
