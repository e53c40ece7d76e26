import { isDeepStrictEqual } from "node:util";
import { type Data, isRecord, recordOf } from "../account/data.ts";
import { type Facts, type FactsByName, meaningOf, unordered } from "./facts.ts";

/** One property that differs between a state and new inputs. */
export interface Change {
  /** Dotted, with places in lists: `productionVariants.0.initialVariantWeight`. */
  readonly path: string;
  readonly replaces: boolean;
}

/**
 * What differs, by the provider's reading: what the cloud computed and the program leaves out stays, absent is the same
 * as empty, and sets have no order. Of an object that comes or goes, what is in it counts as well.
 */
export const changesOf = (facts: FactsByName, olds: Data, news: Data, at = ""): readonly Change[] =>
  Object.entries(facts)
    .filter(([name, { output, computed }]) => output !== true && !(computed === true && news[name] === undefined))
    .flatMap(([name, fact]) => changesAt(fact, olds[name], news[name], `${at}${name}`));

function changesAt(fact: Facts, old: unknown, now: unknown, path: string): readonly Change[] {
  if (isDeepStrictEqual(old, now) || (isEmpty(old) && isEmpty(now))) return [];
  const own: Change = { path, replaces: fact.replaces === true };
  if (fact.properties === undefined) return isSame(fact, old, now) ? [] : [own];
  if (fact.type === "set") return setChanges(fact.properties, own, old, now);
  if (fact.type === "list") return listChanges(fact.properties, own, old, now);
  const inside = changesOf(fact.properties, recordOf(old), recordOf(now), `${path}.`);
  return isRecord(old) && isRecord(now) ? inside : [own, ...inside];
}

function listChanges(properties: FactsByName, own: Change, old: unknown, now: unknown): readonly Change[] {
  if (!Array.isArray(old ?? []) || !Array.isArray(now ?? [])) return [own];
  const [before, after] = [(old ?? []) as readonly unknown[], (now ?? []) as readonly unknown[]];
  const count = Math.max(before.length, after.length);
  const inside = Array.from({ length: count }, (_, index) =>
    changesOf(properties, recordOf(before[index]), recordOf(after[index]), `${own.path}.${index}.`),
  ).flat();
  return before.length === after.length ? inside : [own, ...inside];
}

function setChanges(properties: FactsByName, own: Change, old: unknown, now: unknown): readonly Change[] {
  if (!Array.isArray(old ?? []) || !Array.isArray(now ?? [])) return [own];
  const [before, after] = [(old ?? []) as readonly unknown[], (now ?? []) as readonly unknown[]];
  const lacks = (one: unknown, all: readonly unknown[]): boolean =>
    !all.some((each) => changesOf(properties, recordOf(each), recordOf(one)).length === 0);
  const changed = [...after.filter((each) => lacks(each, before)), ...before.filter((each) => lacks(each, after))];
  if (changed.length === 0) return [];
  const inside = changed.flatMap((each) => changesOf(properties, {}, recordOf(each), `${own.path}.`));
  return [{ ...own, replaces: own.replaces || inside.some(({ replaces }) => replaces) }];
}

/** Absent, and what the provider cannot tell from it. */
const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === "" ||
  value === 0 ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (isRecord(value) && Object.keys(value).length === 0);

function isSame({ type, json }: Facts, old: unknown, now: unknown): boolean {
  if (json === true) return isDeepStrictEqual(meaningOf(old), meaningOf(now));
  if (type === "set" && Array.isArray(old) && Array.isArray(now))
    return isDeepStrictEqual(unordered(old), unordered(now));
  const isNumber = type === "integer" || type === "number";
  return isNumber && typeof old !== typeof now && String(old) === String(now);
}
