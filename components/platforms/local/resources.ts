import * as pulumi from "@pulumi/pulumi";
import type { ArchiveInputs } from "./provider/archive.ts";
import type { ArtifactInputs } from "./provider/artifact.ts";
import type { DocumentInputs } from "./provider/document.ts";
import type { GatewayInputs } from "./provider/gateway.ts";
import type { ModelServerInputs } from "./provider/model-server.ts";
import type { RouteInputs } from "./provider/route.ts";

type Args<T> = { readonly [K in keyof T]: pulumi.Input<T[K]> };

/** A version's directory, copied by content hash into the state folder. */
export class Artifact extends pulumi.CustomResource {
  /** The copy, relative to the state folder. */
  declare readonly path: pulumi.Output<string>;

  constructor(name: string, args: Args<ArtifactInputs>, opts?: pulumi.CustomResourceOptions) {
    super("model-lifecycle-local:index:Artifact", name, { path: undefined, ...args }, opts);
  }
}

/** A process that answers for one version, kept alive by the supervisor. */
export class ModelServer extends pulumi.CustomResource {
  constructor(name: string, args: Args<ModelServerInputs>, opts?: pulumi.CustomResourceOptions) {
    super("model-lifecycle-local:index:ModelServer", name, { ...args }, opts);
  }
}

/** The process that clients talk to: it splits traffic and judges the candidate. */
export class Gateway extends pulumi.CustomResource {
  declare readonly url: pulumi.Output<string>;
  declare readonly adminUrl: pulumi.Output<string>;

  constructor(name: string, args: Args<GatewayInputs>, opts?: pulumi.CustomResourceOptions) {
    super("model-lifecycle-local:index:Gateway", name, { url: undefined, adminUrl: undefined, ...args }, opts);
  }
}

/** Who serves: the traffic plan that the gateway obeys. */
export class Route extends pulumi.CustomResource {
  /** Why the running rollout was ended by a guard or a person; empty while it was not. */
  declare readonly ended: pulumi.Output<string>;

  constructor(name: string, args: Args<RouteInputs>, opts?: pulumi.CustomResourceOptions) {
    super("model-lifecycle-local:index:Route", name, { ended: undefined, ...args }, opts);
  }
}

/** A verified copy of a version with a manifest of its files. */
export class Archive extends pulumi.CustomResource {
  declare readonly uri: pulumi.Output<string>;
  declare readonly manifestSha256: pulumi.Output<string>;

  constructor(name: string, args: Args<ArchiveInputs>, opts?: pulumi.CustomResourceOptions) {
    super("model-lifecycle-local:index:Archive", name, { uri: undefined, manifestSha256: undefined, ...args }, opts);
  }
}

/** A text file in the state folder: monitoring rules, a dashboard. */
export class Document extends pulumi.CustomResource {
  declare readonly path: pulumi.Output<string>;

  constructor(name: string, args: Args<DocumentInputs>, opts?: pulumi.CustomResourceOptions) {
    super("model-lifecycle-local:index:Document", name, { path: undefined, ...args }, opts);
  }
}
