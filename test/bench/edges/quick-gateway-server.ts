/** The gateway's own parts with an interval of 100 ms in place of 1 s, for rollouts by the hundred. Same arguments as the gateway. */
import { createAdminPort } from "../../../components/platforms/local/gateway/admin-port.ts";
import { parseArguments } from "../../../components/platforms/local/gateway/arguments.ts";
import { Controller } from "../../../components/platforms/local/gateway/controller.ts";
import { createDataPort } from "../../../components/platforms/local/gateway/data-port.ts";
import { listen } from "../../../components/platforms/local/gateway/listening.ts";
import { Persistence } from "../../../components/platforms/local/gateway/persistence.ts";
import { Traffic } from "../../../components/platforms/local/gateway/traffic.ts";
import { gatewayPaths } from "../../../components/platforms/local/state-folder/paths.ts";

const INTERVAL_MS = 100;

const args = parseArguments(process.argv.slice(2));
const files = new Persistence(gatewayPaths(args.endpoint));
const token = files.readSecret(files.paths.adminToken);
const feedbackToken = files.readSecret(files.paths.feedbackToken);
const feedbackKey = Buffer.from(files.readSecret(files.paths.feedbackKey));
const traffic = new Traffic({ feedbackKey, startedAt: Date.now() });
const controller = new Controller({ traffic, files });
controller.load();
const metrics = () => controller.metrics();
const data = createDataPort({ traffic, instance: args.instance, metrics, feedbackToken });
const isReplaced = (): boolean => false;
const admin = createAdminPort({
  ...{ ...args, controller, traffic, token, page: "", isReplaced },
  startSuccessor: () => undefined,
});
await listen(data.server, { port: args.port, takeover: false });
await listen(admin, { port: args.adminPort, takeover: false });
setInterval(() => controller.tick(), INTERVAL_MS);
