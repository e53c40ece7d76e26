import * as pulumi from "@pulumi/pulumi";
import { refusal, type Transform, transformed } from "../../kit/index.ts";
import { libraryVersion } from "../../release/index.ts";
import { withoutPin } from "../../sources/load-source.ts";
import type { ServingContext, ServingHandle, ServingPlan, ServingPlatform } from "../platform.ts";
import { localArchive } from "./archive.ts";
import { localCapabilities } from "./data-plane/capabilities.ts";
import type { ResolvedLocalPlatform } from "./document.ts";
import { keepInStateFolder } from "./documents.ts";
import { localPartOf, rootOfProject, stateDirOf } from "./places.ts";
import type { ArtifactInputs } from "./provider/artifact.ts";
import type { GatewayInputs } from "./provider/gateway.ts";
import type { ModelServerInputs } from "./provider/model-server.ts";
import type { RouteInputs } from "./provider/route.ts";
import { Artifact, Gateway, ModelServer, Route } from "./resources.ts";
import { socketPath } from "./state-folder/paths.ts";

/** What a program may change of the platform on this machine. */
export interface LocalSettings {
  /** Changes what a child resource is created with. */
  readonly transform?: {
    readonly artifact?: Transform<ArtifactInputs>;
    readonly server?: Transform<ModelServerInputs>;
    readonly gateway?: Transform<GatewayInputs>;
    readonly route?: Transform<RouteInputs>;
  };
}

/**
 * Serves on this machine: a process per version and a gateway that splits and judges traffic.
 *
 * @example new ModelEndpoint("sentiment", { release, platform: local() })
 */
export const local = (settings: LocalSettings = {}): ServingPlatform => ({
  kind: "local",
  capabilities: localCapabilities,
  serve: (context, plan) => serve(context, plan, settings),
  keep: keepInStateFolder(),
  archive: localArchive(),
});

function serve(context: ServingContext, plan: ServingPlan, { transform = {} }: LocalSettings): ServingHandle {
  const { name, parent, tags } = context;
  // Not the logical name: what runs must not change when somebody renames the component.
  const endpoint = plan.traffic.model;
  const stateDir = stateDirOf(plan.release);
  const variants: Record<string, readonly pulumi.Resource[]> = {};
  const servers: Record<string, string> = {};

  for (const [version, { content }] of Object.entries(plan.traffic.versions)) {
    const variant = createVariant(context, plan, { version, content, stateDir }, transform);
    variants[version] = variant.resources;
    servers[version] = variant.socket;
  }
  const gateway = new Gateway(
    ...transformed<GatewayInputs>(
      transform.gateway,
      `${name}-gateway`,
      {
        stateDir,
        endpoint,
        code: libraryVersion,
        tags,
        ...portsOf(localPartOf(plan.release)),
      },
      { parent },
    ),
  );
  const route = new Route(
    ...transformed<RouteInputs>(
      transform.route,
      `${name}-route`,
      { stateDir, endpoint, plan: plan.traffic, servers, tags },
      { parent, dependsOn: [gateway, ...Object.values(variants).flat()] },
    ),
  );
  route.ended.apply((reason) => {
    if (reason) void pulumi.log.warn(`${reason} Stable keeps all traffic.`, route);
  });
  return { url: gateway.url, route, variants };
}

interface Variant {
  readonly version: string;
  readonly content: string;
  readonly stateDir: string;
}

function createVariant(
  { name, parent, tags }: ServingContext,
  { release }: ServingPlan,
  { version, content, stateDir }: Variant,
  transform: NonNullable<LocalSettings["transform"]>,
): { readonly resources: readonly pulumi.Resource[]; readonly socket: string } {
  const { source, serve, checks } = release.versions[version] ?? missing(version);
  const artifact = new Artifact(
    ...transformed<ArtifactInputs>(
      transform.artifact,
      `${name}-${version}-artifact`,
      {
        stateDir,
        source: withoutPin(source),
        projectDir: rootOfProject(),
        content: source.content,
        model: release.model.name,
        version,
        tags,
      },
      { parent },
    ),
  );
  const process = `${release.model.name}-${version}-${content.slice(0, 8)}`;
  const server = new ModelServer(
    ...transformed<ModelServerInputs>(
      transform.server,
      `${name}-${version}-server`,
      {
        stateDir,
        process,
        model: release.model.name,
        version,
        content: source.content,
        ...(serve === undefined ? {} : { serve }),
        ...(serve?.python === undefined ? {} : { source: withoutPin(source) }),
        tags,
        checks,
        projectDir: rootOfProject(),
      },
      { parent, dependsOn: [artifact] },
    ),
  );
  return { resources: [artifact, server], socket: socketPath(process) };
}

function missing(version: string): never {
  throw refusal(`version ${version} is in the traffic plan but not in the release`);
}

const portsOf = ({ port, adminPort }: ResolvedLocalPlatform): Pick<GatewayInputs, "port" | "adminPort"> => ({
  ...(port === undefined ? {} : { port }),
  ...(adminPort === undefined ? {} : { adminPort }),
});
