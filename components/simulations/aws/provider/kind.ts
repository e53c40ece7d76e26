import type { ResourceKind } from "../../../provider/kind.ts";
import { NotReady } from "../../../provider/kind.ts";
import type { Account } from "../account/account.ts";
import type { Data } from "../account/data.ts";
import { Refused } from "../account/refused.ts";
import { type Change, changesOf } from "./changes.ts";
import type { Cloud } from "./cloud.ts";
import { type FactsByName, factsOf } from "./facts.ts";
import { type AutoName, isNamed } from "./names.ts";

/** A type of resource: its facts stand in `schemas/`, and here what it does. */
export interface AwsType {
  /** As the SDK names it, without its package: `sagemaker/endpoint:Endpoint`. */
  readonly type: string;
  /** As the provider's errors name it. */
  readonly label: string;
  /** @default the program has to name it */
  readonly autoName?: AutoName;
  /** What names one of it. @default its auto-named property */
  nameOf?(inputs: Data): string;
  /** What the engine knows it by. @default its name */
  idOf?(state: Data): string;
  /** What inputs show beyond the facts, a sentence each; what a preview does not know yet is there as some text. */
  problems?(inputs: Data): readonly string[];
  /** Changes as they count for this type. @default as the facts say */
  changes?(changes: readonly Change[], cloud: Cloud): readonly Change[];
  /** Makes it. @returns what the cloud says beside the inputs @throws Refused, NotReady */
  create(cloud: Cloud, inputs: Data): Promise<Data> | Data;
  /** What the cloud says of it now; undefined when it is gone. */
  read(account: Account, state: Data): Data | undefined;
  /** Changes it. @returns what the cloud says beside the inputs @throws Refused, NotReady */
  update?(cloud: Cloud, news: Data, olds: Data, changes: readonly Change[]): Promise<Data> | Data;
  delete(cloud: Cloud, state: Data): Promise<void> | void;
}

/** The name of a resource as its inputs have it; empty where they have none. */
export const nameIn = (type: AwsType, inputs: Data): string =>
  type.nameOf?.(inputs) ?? String(inputs[type.autoName?.property ?? "name"] ?? "");

/** A type as the engine's protocol wants it. @param cloud asked when a resource is compared, made, changed or deleted */
export function kindOf(type: AwsType, cloud: () => Cloud): ResourceKind<Data, Data, Cloud, string, string> {
  const facts = factsOf(type.type);
  const compared = (state: Data, news: Data): readonly Change[] => {
    const changes = changesOf(facts, state, news);
    return type.changes?.(changes, cloud()) ?? changes;
  };
  return {
    replaces: [],
    secrets: Object.keys(facts).filter((name) => facts[name]?.sensitive === true),
    nameOf: (inputs) => nameIn(type, inputs),
    idOf: (state) => type.idOf?.(state) ?? nameIn(type, state),
    differs: (state, news) => differenceOf(type, compared(state, news), news, state, cloud()),
    create: (where, inputs) =>
      told("creating", type, inputs, async () => stateOf(facts, inputs, await type.create(where, inputs))),
    async read(where, state) {
      const said = where.use((account) => type.read(account, state));
      return said && { ...state, ...said };
    },
    update: (where, news, olds) =>
      told("updating", type, news, async () => {
        const changes = compared(olds, news);
        const said = changes.length === 0 ? {} : ((await type.update?.(where, news, olds, changes)) ?? {});
        return stateOf(facts, news, { ...computedOf(facts, olds), ...said });
      }),
    delete: (where, state) => told("deleting", type, state, async () => type.delete(where, state)),
  };
}

/** What is replaced with a name of the program's is deleted first: the new one could not have the name. */
function differenceOf(type: AwsType, changes: readonly Change[], news: Data, state: Data, cloud: Cloud) {
  const replaces = [...new Set(changes.filter((each) => each.replaces).map(({ path }) => path.split(".")[0] ?? ""))];
  const property = type.autoName?.property;
  const isFixed = property !== undefined && news[property] === state[property] && !isNamed(news, property);
  const deletesFirst = replaces.length > 0 && isFixed && cloud.holds("fixed-name-deletes-first");
  return { changes: changes.length > 0, replaces, ...(deletesFirst ? { deleteBeforeReplace: true as const } : {}) };
}

const computedOf = (facts: FactsByName, state: Data): Data =>
  Object.fromEntries(
    Object.entries(state).filter(([name]) => facts[name]?.output === true || facts[name]?.computed === true),
  );

/** Inputs with what the cloud says of them; tags are those of the program, for the provider has none of its own. */
const stateOf = (facts: FactsByName, inputs: Data, said: Data): Data => ({
  ...inputs,
  ...Object.fromEntries(
    Object.entries(said).filter(([name]) => facts[name]?.computed !== true || inputs[name] === undefined),
  ),
  ...(facts.tagsAll === undefined ? {} : { tagsAll: inputs.tags ?? {} }),
});

async function told<Result>(verb: string, type: AwsType, inputs: Data, work: () => Promise<Result>): Promise<Result> {
  const words = (message: string): string => `${verb} ${type.label} (${nameIn(type, inputs)}): ${message}`;
  try {
    return await work();
  } catch (error) {
    if (error instanceof Refused) throw new Error(words(error.message));
    if (error instanceof NotReady) throw new NotReady(error.state, error.reasons.map(words));
    throw error;
  }
}
