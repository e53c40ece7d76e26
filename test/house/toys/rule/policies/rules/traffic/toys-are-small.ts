import type { Rule } from "../../rule.ts";
import { exampleTraffic } from "../../subjects/traffic.ts";

/** A toy of a rule: the example that every rule accepts, and one that this one refuses. */
export const toysAreSmall: Rule = {
  id: "toys-are-small",
  subject: "traffic",
  title: "A model's name is short",
  severity: "low",
  check: ({ model }) =>
    model.length <= 20
      ? []
      : [{ path: "model.name", seen: model, cause: "nobody can read it", cure: "choose a shorter name" }],
  examples: {
    good: [{ name: "a short name", traffic: exampleTraffic }],
    bad: [{ name: "a long name", traffic: { ...exampleTraffic, model: "a-name-that-is-much-too-long" } }],
  },
};
