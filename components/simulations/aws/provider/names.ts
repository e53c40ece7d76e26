import { randomBytes } from "node:crypto";
import type { Data } from "../account/data.ts";
import type { FactsByName } from "./facts.ts";
import { DEFAULTED } from "./shape.ts";

/** How a resource gets a name that the program does not give. */
export interface AutoName {
  /** Which property is the name. */
  readonly property: string;
  /** @default false: letters keep their case */
  readonly isLowerCase?: boolean;
}

const RANDOM_CHARACTERS = 7;
const PREFIXED_CHARACTERS = 26;

/** Inputs with a name, or why none can be made up. */
export interface Named {
  readonly inputs: Data;
  readonly failures: readonly string[];
}

/**
 * Gives a name to what has none: the resource's own and seven random characters, or the program's prefix and 26. It stays
 * as long as the resource does. Source: tfbridge.AutoName of pulumi-terraform-bridge; create.Name of the provider.
 * @param own the resource's name in the program
 */
export function named(
  auto: AutoName | undefined,
  facts: FactsByName,
  own: string,
  news: Data,
  olds: Data | undefined,
): Named {
  if (auto === undefined || news[auto.property] !== undefined) return { inputs: news, failures: [] };
  const { property, isLowerCase = false } = auto;
  const prefix = news[`${property}Prefix`];
  const isKept = isNamed(olds, property) && olds?.[`${property}Prefix`] === prefix;
  const given = { ...news, [DEFAULTED]: [property] };
  if (isKept) return { inputs: { ...given, [property]: olds?.[property] }, failures: [] };
  if (prefix !== undefined) {
    return { inputs: { ...given, [property]: `${prefix}${random(PREFIXED_CHARACTERS)}` }, failures: [] };
  }
  const name = `${isLowerCase ? own.toLowerCase() : own}-${random(RANDOM_CHARACTERS)}`;
  const { maxLength = Number.POSITIVE_INFINITY } = facts[property] ?? {};
  if (name.length <= maxLength) return { inputs: { ...given, [property]: name }, failures: [] };
  const why = `name '${own}' plus ${RANDOM_CHARACTERS + 1} random characters is longer than maximum length ${maxLength}.`;
  return { inputs: news, failures: [`${why} Shorten it, or give ${property}.`] };
}

/** Whether its name was made up. */
export const isNamed = (inputs: Data | undefined, property: string): boolean =>
  ((inputs?.[DEFAULTED] ?? []) as readonly string[]).includes(property);

/** Hex digits that nobody has had before. @param characters how many */
export const random = (characters: number): string => randomBytes(characters).toString("hex").slice(0, characters);
