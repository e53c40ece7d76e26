import { messageOf } from "../../../components/host/host-error.ts";
import { findPrograms, programs } from "./index.ts";

// `node test/cluster/binaries/main.ts`: makes every program of the lane, so that it can run without a network.

try {
  const found = await findPrograms(programs);
  for (const program of programs) console.log(found[program]);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
