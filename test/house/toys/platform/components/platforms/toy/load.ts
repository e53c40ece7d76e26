import * as pulumi from "@pulumi/pulumi";
import type { LoadPlatform } from "../platform.ts";
import type { ToyPlatformDocument } from "./document.ts";

class Toy extends pulumi.CustomResource {
  constructor(name: string, inputs: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    super("toy:index:Toy", name, inputs, opts);
  }
}

/** What serves by `platform: { kind: toy }`. */
export const load: LoadPlatform<ToyPlatformDocument> = ({ kind }) => ({
  kind,
  capabilities: {
    sources: ["files"],
    runtimes: [],
    golden: false,
    weights: { kind: "slots", slot: 1_000 },
    shadow: false,
    maxVariants: 2,
    sticky: false,
    climbs: "controller",
    guards: {},
    feedback: false,
    pinning: false,
    notices: false,
    archives: ["files"],
    gone: false,
    abortSeconds: 60,
    series: [],
  },
  keep: () => pulumi.output("nowhere"),
  serve({ name, parent, tags }, { traffic }) {
    const variants = Object.fromEntries(
      Object.keys(traffic.versions).map((version) => [version, [new Toy(`${name}-${version}`, { tags }, { parent })]]),
    );
    const route = new Toy(`${name}-route`, { weight: traffic.weight, tags }, { parent });
    return { url: pulumi.output("http://toy.example"), route, variants };
  },
});
