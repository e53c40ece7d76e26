import * as pulumi from "@pulumi/pulumi";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { toldPlainly, type Verbs } from "./plain-errors.ts";

/**
 * Serves a provider to the engine that started this process. A plugin is a folder with `PulumiPlugin.yaml` and an
 * `index.js` that calls this, and that awaits nothing: the engine's language host loads it with require(), which refuses
 * a module that awaits at its top level.
 */
export function serveProvider(provider: Verbs): void {
  readImports();
  const ignored = readIgnored();
  const told = toldPlainly(provider);
  const update: Verbs["update"] = (id, urn, olds, news) => told.update(id, urn, olds, news, ignored());
  void pulumi.provider.main({ ...told, update }, process.argv.slice(2));
}

/**
 * What the program's `ignoreChanges` names is in the engine's request, and the SDK's server (seen in 3.270) does not hand
 * it over. It asks for the new inputs right before it calls the provider.
 */
function readIgnored(): () => readonly string[] {
  let ignored: readonly string[] = [];
  const { getNews } = messages.UpdateRequest.prototype;
  messages.UpdateRequest.prototype.getNews = function () {
    ignored = this.getIgnorechangesList();
    return getNews.call(this);
  };
  return () => ignored;
}

/** An import has an id and no properties; the SDK's server (seen in 3.270) looks into them all the same. */
function readImports(): void {
  const { getProperties } = messages.ReadRequest.prototype;
  const noProperties = { toJavaScript: () => ({}) } as ReturnType<typeof getProperties>;
  messages.ReadRequest.prototype.getProperties = function () {
    return getProperties.call(this) ?? noProperties;
  };
}
