import * as pulumi from "@pulumi/pulumi";
import { refusal } from "./refusal.ts";

/** Who has what, for each run of a program: in one process there may be several, as by the Automation API. */
const runs = new WeakMap<object, Map<string, string>>();

/**
 * Notes that a component has what a stack can hold once; two would take each other's processes and files over.
 * @param what such as `the endpoint of model sentiment`
 * @param who the component, for people: `ModelEndpoint "sentiment"`
 * @throws pulumi.RunError that names both when another one has it.
 */
export function claimOnlyOne(what: string, who: string): void {
  const run = pulumi.runtime.getMonitor();
  if (run === undefined) return;
  const claims = runs.get(run) ?? new Map<string, string>();
  runs.set(run, claims);
  const first = claims.get(what);
  if (first !== undefined) {
    throw refusal(
      `${what}: seen two, ${first} and ${who}; allowed: one in a stack. Remove one of them, or give the second a model of its own.`,
    );
  }
  claims.set(what, who);
}
