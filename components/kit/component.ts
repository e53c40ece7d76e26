import * as pulumi from "@pulumi/pulumi";
import { requireEngine } from "./engine-version.ts";
import { refusal } from "./refusal.ts";

/**
 * The base of every component: one token prefix, one rule for child names, one way to pass tags.
 *
 * `facts` become component inputs, which policies read. Nothing that changes with a traffic weight may stand there:
 * a weight step would then update the component's row as well as the route.
 */
export abstract class LifecycleComponent extends pulumi.ComponentResource {
  protected constructor(type: string, name: string, facts: pulumi.Inputs, opts: pulumi.ComponentResourceOptions = {}) {
    super(
      `model-lifecycle:index:${type}`,
      name,
      facts,
      pulumi.mergeOptions(opts, { transformations: [childNameRule(type, name)] }),
    );
    // Nobody waits for it: a rejection ends the program with its message.
    void requireEngine();
  }
}

/**
 * Refuses a child whose logical name does not start with its component's name: two components of one stack would
 * otherwise take each other's resources over.
 */
function childNameRule(type: string, name: string): pulumi.ResourceTransformation {
  return (child) => {
    if (child.name !== name && !child.name.startsWith(`${name}-`)) {
      throw refusal(
        `${type} "${name}": child ${child.type} is named "${child.name}"; allowed: "${name}" or a name that starts with "${name}-".`,
      );
    }
    return undefined;
  };
}
