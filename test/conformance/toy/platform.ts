import * as pulumi from "@pulumi/pulumi";
import type { ServingPlatform } from "../../../components/platforms/platform.ts";
import type { Able } from "../stage.ts";

class Slots extends pulumi.CustomResource {
  constructor(name: string, inputs: pulumi.Inputs, opts: pulumi.CustomResourceOptions) {
    super("weak:index:Slots", name, inputs, opts);
  }
}

/** Can hardly do anything, so that shared code that takes a platform's strength for granted is caught. */
export const weakness: Able = {
  weights: { kind: "slots", slot: 1_000 },
  shadow: false,
  maxVariants: 2,
  sticky: false,
  pinning: false,
  gone: false,
  abortSeconds: 0,
  feedback: false,
};

/** What a stranger's factory of a platform looks like. */
export const weak = (): ServingPlatform => ({
  kind: "weak",
  capabilities: weakness,
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
      { candidate: traffic.candidate, slots: traffic.weight / 1_000, tags },
      { parent, dependsOn: Object.values(variants).flat() },
    );
    return { url: pulumi.output("http://weak.example"), route, variants };
  },
});
