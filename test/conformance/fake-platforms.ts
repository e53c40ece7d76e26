import * as pulumi from "@pulumi/pulumi";
import { allMetrics, type Capabilities } from "../../components/capabilities/index.ts";
import type { ServingPlatform } from "../../components/platforms/platform.ts";

class Slots extends pulumi.CustomResource {
  constructor(name: string, inputs: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    super("fake:index:Slots", name, inputs, opts);
  }
}

/** Serves nothing, as a platform of these capabilities would register it. */
const fake = (kind: string, capabilities: Capabilities): ServingPlatform => ({
  kind,
  capabilities,
  keep: () => pulumi.output("nowhere"),
  serve({ name, parent, tags }, { traffic }) {
    const variants = Object.fromEntries(
      Object.entries(traffic.versions).map(([version, { content }]) => [
        version,
        [new Slots(`${name}-${version}`, { content, tags }, { parent })],
      ]),
    );
    const route = new Slots(
      `${name}-route`,
      { candidate: traffic.candidate, weight: traffic.weight, tags },
      { parent, dependsOn: Object.values(variants).flat() },
    );
    return { url: pulumi.output(`http://${kind}.example`), route, variants };
  },
});

/** Can hardly do anything, so that shared code that takes a platform's strength for granted is caught. */
export const weak = (): ServingPlatform =>
  fake("weak", {
    sources: ["files"],
    runtimes: [],
    golden: false,
    weights: { kind: "slots", slot: 1_000 },
    shadow: false,
    maxVariants: 2,
    sticky: false,
    climbs: "nobody",
    guards: {},
    feedback: false,
    pinning: false,
    notices: false,
    gone: false,
    archives: ["files"],
    abortSeconds: 600,
    series: [],
  });

/** Copies behind one address, and a controller that looks each minute and sees no latency. */
export const controlled = (): ServingPlatform =>
  fake("controlled", {
    sources: ["files", "image"],
    runtimes: [],
    golden: false,
    weights: { kind: "replicas", replicas: 8 },
    shadow: false,
    maxVariants: 4,
    sticky: false,
    climbs: "controller",
    guards: { errorRate: { finest: 0 }, refusalRate: { finest: 0 } },
    feedback: false,
    pinning: false,
    notices: false,
    gone: false,
    archives: ["files"],
    abortSeconds: 120,
    series: ["requests_total"],
  });

/** A gateway that splits exactly, mirrors, and counts latency in buckets of which each is two and a half times the one before. */
export const coarse = (): ServingPlatform =>
  fake("coarse", {
    sources: ["files"],
    runtimes: [],
    golden: true,
    weights: { kind: "exact" },
    shadow: true,
    maxVariants: 8,
    sticky: false,
    climbs: "controller",
    guards: { ...allMetrics, latency: { finest: 1.5 } },
    feedback: true,
    pinning: true,
    notices: true,
    gone: true,
    archives: ["files", "image"],
    abortSeconds: 30,
    series: ["requests_total", "duration_seconds"],
  });
