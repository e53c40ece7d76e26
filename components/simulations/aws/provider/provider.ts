import { env } from "node:process";
import * as pulumi from "@pulumi/pulumi";
import type { Place } from "../../../provider/place.ts";
import { ResourceProvider } from "../../../provider/provider.ts";
import { nameIn as nameInProgram, typeOf } from "../../../provider/urn.ts";
import { type AccountVariables, type Cloud, cloudBy } from "./cloud.ts";
import { factsOf } from "./facts.ts";
import { kindOf } from "./kind.ts";
import { types } from "./kinds/index.ts";
import { named } from "./names.ts";
import { problemsOf, written } from "./shape.ts";

/** The version of the SDK whose behaviour is simulated: the engine warns of an older provider. */
const VERSION = "7.48.0";

const byType = new Map(types.map((type) => [type.type, { type, facts: factsOf(type.type) }]));

/** The provider `aws` for unmodified programs, on an account that the environment names. */
export function simulatedProvider(variables: AccountVariables = env): ResourceProvider<Cloud> {
  let opened: Cloud | undefined;
  const cloud = (): Cloud => {
    opened ??= cloudBy(variables);
    return opened;
  };
  return new ResourceProvider({
    name: "aws",
    version: VERSION,
    kinds: Object.fromEntries(types.map((type) => [type.type, kindOf(type, cloud)])),
    place: accountPlace(cloud),
  });
}

const accountPlace = (cloud: () => Cloud): Place<Cloud> => ({
  here: "in this account",
  marks: () => ({}),
  open: cloud,
  find: cloud,
  idOf: ({ name }) => name,
  locate: (_type, id) => ({ name: id, properties: {} }),
  settle(urn, news, olds) {
    const known = byType.get(typeOf(urn));
    if (known === undefined) return { inputs: news, failures: [] };
    const { type, facts } = known;
    const { inputs, failures } = named(type.autoName, facts, nameInProgram(urn), news, olds);
    const whole = written(facts, inputs);
    const problems = problemsOf(facts, whole, pulumi.runtime.unknownValue);
    return { inputs: whole, failures: [...failures, ...problems, ...(type.problems?.(whole) ?? [])] };
  },
});
