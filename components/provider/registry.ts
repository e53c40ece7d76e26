import type * as pulumi from "@pulumi/pulumi";
import { refusal } from "../kit/index.ts";
import type { ResourceKind } from "./kind.ts";
import { typeOf } from "./urn.ts";

/**
 * Any kind in one sort of place, for who treats them alike. What it is given is what the engine kept of this very kind,
 * which no type can say: a kind's own inputs and state begin at its methods.
 */
export type AnyKind<Where> = ResourceKind<object, object, Where, string, string>;

/** Kinds by their type without the package, as `typeOf` says it: `Document`, `sagemaker/endpoint:Endpoint`. */
export type KindTable<Where> = Readonly<Record<string, AnyKind<Where>>>;

/** Which kinds a provider has. */
export interface Registry<Where, Type extends string = string> {
  /** Their types, in the order of the table. */
  readonly types: readonly Type[];
  /** The kind of a resource. @throws pulumi.RunError that lists the types there are */
  readonly kindOf: (urn: pulumi.URN) => AnyKind<Where>;
}

/**
 * The kinds of one provider.
 * @param provider the name of its package, for the message of an unknown type
 * @example registryOf("model-lifecycle-local", { Document: document, Route: route })
 */
export function registryOf<Where, Table extends KindTable<Where>>(
  provider: string,
  table: Table & KindTable<Where>,
): Registry<Where, keyof Table & string> {
  const kinds = new Map<string, AnyKind<Where>>(Object.entries(table));
  const isType = (type: string): type is keyof Table & string => kinds.has(type);
  const types = [...kinds.keys()].filter(isType);
  return {
    types,
    kindOf(urn) {
      const type = typeOf(urn);
      const kind = kinds.get(type);
      if (kind === undefined) {
        throw refusal(`${provider} has no resource ${type}; it has ${types.join(", ")}`);
      }
      return kind;
    },
  };
}
