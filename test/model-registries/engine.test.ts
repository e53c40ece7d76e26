import { startTrackingServer } from "../sources/stand-ins/tracking-server.ts";
import { engineSuite, MODEL } from "./engine-suite.ts";

// The registry is the stand-in for a tracking server; test/servers/model-registry.test.ts plays the same on the real one.

engineSuite(async () => {
  const tracking = await startTrackingServer();
  return {
    server: tracking.server.origin,
    async register(files) {
      const number = String(tracking.versions.size + 1);
      const modelId = `m-${number.padStart(32, "0")}`;
      const root = `1/models/${modelId}/artifacts`;
      tracking.models.set(modelId, `mlflow-artifacts:/${root}`);
      for (const [file, text] of Object.entries(files)) tracking.artifacts.set(`${root}/${file}`, Buffer.from(text));
      tracking.versions.set(`${MODEL}/${number}`, { source: `models:/${modelId}` });
      return { modelId, number };
    },
    aliases: async () =>
      Object.fromEntries([...tracking.aliases].map(([alias, number]) => [alias.replace(`${MODEL}@`, ""), number])),
    tags: async (number) => Object.fromEntries(tracking.tags.get(`${MODEL}/${number}`) ?? []),
    moveAlias: async (alias, number) => void tracking.aliases.set(`${MODEL}@${alias}`, number),
  };
});
