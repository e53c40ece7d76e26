/** Rules for deploy time, free of side effects: importing them starts nothing. `policies/pack` is what an engine loads. */

export { renderCatalogue } from "./catalogue.ts";
export { createPack, createPolicy } from "./crossguard.ts";
export { corePack, type Pack } from "./packs.ts";
export { type Example, type Finding, type Rule, renderFinding } from "./rule.ts";
export { candidateHasGuard } from "./rules/candidate-has-guard.ts";
