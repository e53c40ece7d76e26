import type * as pulumi from "@pulumi/pulumi";
import type { ResolvedModelRegistry, ResolvedRelease } from "../release/index.ts";

/** Where in a program a model registry is told what serves. */
export interface RegistryContext {
  /** Logical name of the component; every child's name starts with it. */
  readonly name: string;
  /** The component: the parent of every resource. */
  readonly parent: pulumi.ComponentResource;
  /** What must be as the release says before the registry is told: the route, and what serves. */
  readonly after: readonly pulumi.Resource[];
}

/** What a model registry is told. */
export interface RegistryPlan {
  /** Who serves, who is on trial, and who is on the way out. */
  readonly release: ResolvedRelease;
  /** Where clients send requests. */
  readonly url: pulumi.Input<string>;
}

/** Writes into a model registry what serves. Made by a factory: `mlflowRegistry()`. */
export interface RegistryWriter {
  /**
   * Creates what is written; called once. Taking it out of the program leaves the registry as it is.
   * @throws pulumi.RunError with every version that the registry has no name for, before anything is deployed
   */
  write(context: RegistryContext, plan: RegistryPlan): void;
}

/** Makes what writes into the registry that a release names by `modelRegistry`; `load.ts` of a kind's folder exports it as `load`. */
export type LoadRegistry<Part = ResolvedModelRegistry> = (part: Part) => RegistryWriter;
