import { openStateFolder } from "../../../../components/platforms/local/state-folder/folder.ts";
import { ensureSupervisor } from "../../../../components/platforms/local/supervisor/ensure.ts";

// One of several that want a supervisor at the same moment: `ensure-once.ts <state folder>` prints the pid it got.

const { pid } = await ensureSupervisor(openStateFolder(process.argv[2] ?? ""));
console.log(pid);
