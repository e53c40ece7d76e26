import { isDeepStrictEqual } from "node:util";
import type { Tags } from "../../../kit/index.ts";
import type { StateFolder } from "../state-folder/folder.ts";

/** One kind of resource, free of the engine: plain inputs in, plain state out. Every verb may be called twice. */
export interface ResourceKind<Inputs extends LocalInputs, State extends Inputs, Key = keyof Inputs & string> {
  /** Inputs whose change means another resource; created before the old one is deleted. */
  readonly replaces: readonly Key[];
  /** Inputs that say only how to get there: a change of them alone is no change. */
  readonly ignores?: readonly Key[];
  /** Several resources, also of several stacks, may be one thing: content, which is the same whoever brought it. @default false */
  readonly isShared?: boolean;
  /** Unique for this kind in the state folder; with the folder it makes the resource's id. */
  nameOf(inputs: Inputs): string;
  /** What the inputs mean where that takes the old ones or the machine to know. */
  complete?(news: Inputs, olds: Inputs | undefined): Inputs;
  /** Problems that need the old inputs or the machine to be seen, a sentence each. */
  check?(news: Inputs, olds: Inputs | undefined): Promise<readonly string[]>;
  /** @param before what an earlier resource was, when it has to be made again because it is gone */
  create(inputs: Inputs, before?: State): Promise<State>;
  /** undefined: it is gone. */
  read(state: State): Promise<State | undefined>;
  /** A cheap look: false when it is gone, does not serve, or does not run as it would be started today. */
  stands(folder: StateFolder, state: State): boolean;
  update?(news: Inputs, olds: State): Promise<State>;
  delete(state: State): Promise<void>;
}

/** Any kind, for who treats them alike. */
export type AnyKind = ResourceKind<LocalInputs, LocalInputs, string>;

/** What every local resource is given. */
export interface LocalInputs {
  /** The state folder, absolute. */
  readonly stateDir: string;
  /** @default - none */
  readonly tags?: Tags;
}

type Plain = Readonly<Record<string, unknown>>;

export interface Difference {
  readonly changes: boolean;
  readonly replaces: string[];
}

/** What differs between the state and the new inputs. */
export function diffOf(
  kind: { readonly replaces: readonly string[]; readonly ignores?: readonly string[] },
  olds: Plain,
  news: Plain,
): Difference {
  const inputs = new Set([...Object.keys(news), ...kind.replaces]);
  const changed = [...inputs].filter((key) => !kind.ignores?.includes(key) && !isDeepStrictEqual(olds[key], news[key]));
  return { changes: changed.length > 0, replaces: changed.filter((key) => kind.replaces.includes(key)) };
}
