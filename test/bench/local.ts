/** `npm run bench:local`: every figure of the local platform. `-- --write` also writes docs/benchmarks.md. */
import { benchDemo } from "./demo.ts";
import { withEndpoint } from "./endpoint.ts";
import { benchGateway } from "./gateway/index.ts";
import { benchPreview } from "./preview.ts";
import { benchReplacements } from "./replacements.ts";
import { Report } from "./report.ts";
import { benchRestart } from "./restart.ts";
import { benchRollbackCommand } from "./rollback-command.ts";
import { benchStateDamages } from "./state-damages.ts";

const report = new Report("local");
await report.take("gateway", benchGateway);
await report.take("damaged state", benchStateDamages);
await withEndpoint(async (endpoint) => {
  await report.take("replaced gateways", () => benchReplacements(endpoint));
  await report.take("kill -9", () => benchRestart(endpoint));
  await report.take("mlc rollback", () => benchRollbackCommand(endpoint));
});
await report.take("preview", benchPreview);
await report.take("demo", benchDemo);
report.end();
