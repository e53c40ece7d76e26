import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource.js";
import type { Provider } from "@pulumi/kubernetes/provider.js";
import * as pulumi from "@pulumi/pulumi";
import { refusal } from "../../kit/index.ts";
import type { MonitorPlan, VersionSeries, WatchedPlatform } from "../../monitors/monitor.ts";
import { ReleaseError, type ResolvedPlatform } from "../../release/index.ts";
import type { ServingContext, ServingHandle, ServingPlan, ServingPlatform } from "../platform.ts";
import { kubernetesCapabilities } from "./capabilities.ts";
import { createController } from "./create-controller.ts";
import { createGone } from "./create-gone.ts";
import { createShared, createVariant } from "./create-variant.ts";
import type { ResolvedKubernetesPlatform } from "./document/resolved.ts";
import { kubernetesPlatform } from "./document.ts";
import { gateways } from "./gateways/index.ts";
import { keepInCluster } from "./keep.ts";
import { scrapedOf } from "./monitoring/scraped.ts";
import { versionSeries } from "./monitoring/version-series.ts";
import { imageProblems } from "./objects/images.ts";
import { routeOf } from "./objects/route.ts";
import { orderOf } from "./order-of.ts";
import { objectAt, type Place, providerFor } from "./place.ts";
import { stackLabel } from "./route/names.ts";
import type { KubernetesSettings } from "./settings.ts";

/**
 * Serves in a cluster: a Deployment for each version behind one route of a Gateway, and a controller beside them.
 *
 * @example new ModelEndpoint("sentiment", { release, platform: kubernetes(release) })
 * @throws pulumi.RunError when the release is for another platform
 */
export function kubernetes(
  release: { readonly platform: ResolvedPlatform; readonly origin?: string },
  settings: KubernetesSettings = {},
): ServingPlatform & Pick<WatchedPlatform, "manifests" | "scraped" | "versionSeries"> {
  const { platform, origin = "platform" } = release;
  if (!kubernetesPlatform.is(platform)) {
    throw refusal(
      `${origin}.platform.kind: seen "${platform.kind}"; allowed: "${kubernetesPlatform.kind}", which the program uses. Make the two agree.`,
    );
  }
  let made: Provider | undefined = settings.provider;
  const placeOf = ({ name, parent, tags }: ServingContext, model: string): Place => {
    if (made === undefined && platform.context !== undefined) made = providerFor(model, platform.context);
    return { name, parent, tags, ...(made !== undefined && { provider: made }) };
  };
  return {
    kind: kubernetesPlatform.kind,
    capabilities: kubernetesCapabilities(platform),
    serve: (context, plan) => serve(placeOf(context, plan.traffic.model), plan, platform, settings),
    manifests: true,
    scraped: ({ traffic }) => scrapedOf(traffic.model),
    versionSeries: (plan) => countedBy(platform, plan),
    keep: (context, { model }, document) => keepInCluster(placeOf(context, model.name), model.name, platform, document),
  };
}

/** How the Gateway counts the versions of a model. */
function countedBy(platform: ResolvedKubernetesPlatform, plan: MonitorPlan): VersionSeries {
  const { namespace, gateway, prometheus } = platform;
  const { variants } = orderOf(plan, platform);
  const counted = { model: plan.traffic.model, namespace, variants, selector: prometheus?.selector };
  return versionSeries(gateways[gateway.kind], counted);
}

function serve(
  place: Place,
  plan: ServingPlan,
  platform: ResolvedKubernetesPlatform,
  { transform = {} }: KubernetesSettings,
): ServingHandle {
  const { release, traffic } = plan;
  const { model } = traffic;
  const problems = imageProblems(release, platform.server);
  if (problems.length > 0) throw refusal(new ReleaseError(problems).message);
  const serviceAccount = createShared(place, model, platform);
  const variants: Record<string, readonly pulumi.Resource[]> = {};
  for (const version of Object.keys(traffic.versions)) {
    variants[version] = createVariant(place, plan, { version, serviceAccount, transform }, platform);
  }
  const gone = createGone(place, plan, platform, transform);
  const stack = stackLabel(pulumi.getProject(), pulumi.getStack());
  const route = new CustomResource(
    ...objectAt(place, "route", routeOf(orderOf(plan, platform), platform, stack), transform.route, {
      // Whoever writes weights owns the rules, for ever: `up` and `up --refresh` leave them.
      ignoreChanges: ["spec.rules"],
      dependsOn: [...Object.values(variants).flat(), ...gone],
    }),
  );
  createController(place, model, platform, { transform: transform.controller, route });
  return { url: pulumi.output(platform.url), route, variants };
}
