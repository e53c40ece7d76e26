import * as pulumi from "@pulumi/pulumi";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import { libraryVersion } from "../../../release/index.ts";
import { toldPlainly } from "./plain-errors.ts";
import { LocalProvider } from "./provider.ts";

// An import has an id and no properties; the SDK's server (seen in 3.270) looks into them all the same.
const { getProperties } = messages.ReadRequest.prototype;
const noProperties = { toJavaScript: () => ({}) } as ReturnType<typeof getProperties>;
messages.ReadRequest.prototype.getProperties = function () {
  return getProperties.call(this) ?? noProperties;
};

// The engine's language host loads this with require(), which refuses a module that awaits at its top level.
void pulumi.provider.main(toldPlainly(new LocalProvider(libraryVersion)), process.argv.slice(2));
