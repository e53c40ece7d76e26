import { isDeepStrictEqual } from "node:util";
import type { Properties } from "./properties.ts";

/** What of a kind says which changes count. */
export interface ComparedInputs {
  readonly replaces: readonly string[];
  readonly ignores?: readonly string[];
  readonly computed?: readonly string[];
  readonly deleteBeforeReplace?: boolean;
}

/** What differs, in the form that the engine takes. */
export interface Difference {
  readonly changes: boolean;
  /** Names of the inputs that make it another resource. */
  readonly replaces: string[];
  /** Present with the value true alone, and only when something is replaced. */
  readonly deleteBeforeReplace?: true;
}

/** What differs between a state and new inputs. A value that is not known yet differs from every other. */
export function diffOf(kind: ComparedInputs, olds: Properties, news: Properties): Difference {
  const gone = kind.computed === undefined ? [] : Object.keys(olds).filter((key) => !kind.computed?.includes(key));
  const inputs = new Set([...Object.keys(news), ...kind.replaces, ...gone]);
  const changed = [...inputs].filter((key) => !kind.ignores?.includes(key) && !isDeepStrictEqual(olds[key], news[key]));
  const replaces = changed.filter((key) => kind.replaces.includes(key));
  const deletesFirst = kind.deleteBeforeReplace === true && replaces.length > 0;
  return { changes: changed.length > 0, replaces, ...(deletesFirst ? { deleteBeforeReplace: true } : {}) };
}
