import { env } from "node:process";
import { refusal } from "../kit/index.ts";
import type { Place } from "./place.ts";

/**
 * A place behind an address that stands in each resource, and that says itself what it holds. Kinds work in the
 * environment, where logins are.
 * @param words.here ends the sentence "… does not exist": `in the registry`
 * @param words.instead what a program declares where somebody tries to import
 */
export const elsewhere = (
  { here, instead }: { readonly here: string; readonly instead: string },
  variables: NodeJS.ProcessEnv = env,
): Place<NodeJS.ProcessEnv> => ({
  here,
  marks: () => ({}),
  open: () => variables,
  find: () => variables,
  idOf: ({ name }) => name,
  locate(type, id) {
    throw refusal(`${type} ${id}: seen an import; allowed: ${instead}. Declare it, and run pulumi up.`);
  },
});
