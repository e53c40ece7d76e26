import { afterAll, beforeAll } from "vitest";
import { engineSuite, MODEL } from "../model-registries/engine-suite.ts";
import { type RealTrackingServer, startRealTrackingServer } from "./real-tracking-server.ts";

let tracking: RealTrackingServer;
beforeAll(async () => {
  tracking = await startRealTrackingServer();
}, 1_800_000);
afterAll(() => tracking.stop());

interface Named {
  readonly key: string;
  readonly value: string;
}

const name = encodeURIComponent(MODEL);

engineSuite(async () => ({
  server: tracking.server,
  register: (files) => tracking.register(MODEL, files),
  async aliases() {
    const { registered_model: model } = await tracking.send("GET", `mlflow/registered-models/get?name=${name}`);
    const { aliases = [] } = model as {
      readonly aliases?: readonly { readonly alias: string; readonly version: string }[];
    };
    return Object.fromEntries(aliases.map(({ alias, version }) => [alias, version]));
  },
  async tags(number) {
    const { model_version: found } = await tracking.send(
      "GET",
      `mlflow/model-versions/get?name=${name}&version=${number}`,
    );
    const { tags = [] } = found as { readonly tags?: readonly Named[] };
    return Object.fromEntries(tags.map(({ key, value }) => [key, value]));
  },
  async moveAlias(alias, version) {
    await tracking.send("POST", "mlflow/registered-models/alias", { name: MODEL, alias, version });
  },
}));
