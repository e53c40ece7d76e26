import type * as pulumi from "@pulumi/pulumi";

/** The stack of a resource. */
export interface StackParts {
  /** Name in Pulumi.yaml. */
  readonly project: string;
  /** Without organization and project: `prod`. */
  readonly stack: string;
}

/** The stack that a URN begins with: `urn:pulumi:<stack>::<project>::…`. */
export function stackPartsOf(urn: pulumi.URN): StackParts {
  const [head = "", project = ""] = urn.split("::");
  return { project, stack: head.replace(/^urn:pulumi:/, "") };
}

/** `<project>/<stack>` of a resource. */
export function stackOf(urn: pulumi.URN): string {
  const { project, stack } = stackPartsOf(urn);
  return `${project}/${stack}`;
}

/** The resource's name in the program. */
export const nameIn = (urn: pulumi.URN): string => urn.split("::").at(-1) ?? urn;

/**
 * The resource's type without its package: `Document` of `model-lifecycle-local:index:Document`,
 * `sagemaker/endpoint:Endpoint` of `aws:sagemaker/endpoint:Endpoint`. The module `index`, which every package has, is
 * left out.
 */
export function typeOf(urn: pulumi.URN): string {
  const token = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const [, module = "", name = ""] = token.split(":");
  return module === "index" || module === "" ? name : `${module}:${name}`;
}
