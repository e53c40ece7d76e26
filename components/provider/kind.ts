import type { Difference } from "./diff.ts";
import type { Properties } from "./properties.ts";

/**
 * One kind of resource, free of the engine: plain inputs in, plain state out. Secrets are handed over as what they
 * hold, and kept secret by the provider. Every verb may be called twice: the engine may be killed before it writes down
 * what was done.
 *
 * A kind throws what its user can mend as an error whose message stands alone; of a `TypeError`, `RangeError` or
 * `ReferenceError` the stack is shown as well.
 *
 * @typeParam Where where resources of the kind live, as the `Place` hands it over: an open folder, an account, a cluster
 */
export interface ResourceKind<
  Inputs extends object,
  State extends Inputs,
  Where,
  InputKey extends string = keyof Inputs & string,
  StateKey extends string = keyof State & string,
> {
  /** Inputs whose change means another resource. Where fields inside of inputs do, `differs` says so. */
  readonly replaces: readonly InputKey[];
  /** The old resource is deleted before the new one is created, as where a name can be had once. @default false */
  readonly deleteBeforeReplace?: boolean;
  /** Inputs that say only how to get there: a change of them alone is no change. @default - none */
  readonly ignores?: readonly InputKey[];
  /**
   * What the state has beside the inputs. With this list, an input that is taken out of the program is a change.
   * @default - such an input stays as it was, and its removal is no change
   */
  readonly computed?: readonly StateKey[];
  /** Parts of the state that are secret whatever the inputs are. @default - what came in as a secret */
  readonly secrets?: readonly StateKey[];
  /** Several resources, also of several stacks, may be one thing: content, which is the same whoever brought it. @default false */
  readonly isShared?: boolean;
  /** Stands where the program says nothing. @default - nothing */
  readonly defaults?: Partial<Inputs>;
  /** Unique for this kind in its place. */
  nameOf(inputs: Inputs): string;
  /** The id the engine knows it by. @default the place's, from the name */
  idOf?(state: State): string;
  /**
   * Inputs or a state as an earlier version of this library wrote them, as they are written now. Everything that comes
   * from the engine or from a record goes through here, so what is of today must come out as it went in. Neither a
   * preview nor an update is a change because of it.
   */
  upgrade?(old: Properties): Properties;
  /** What differs between a state and new inputs. @default the inputs are compared one by one */
  differs?(state: State, news: Inputs): Difference;
  /** What the program would have to say for a state, for a refresh. @default what it said stays */
  inputsOf?(state: State): Inputs;
  /** Problems that the inputs show by themselves, a sentence each; also asked in a preview, with what is known then. */
  checkKnown?(known: Partial<Inputs>): readonly string[];
  /** What the inputs mean where that takes the old ones, or what is there, to know. Asked once all inputs are known. */
  complete?(where: Where | undefined, news: Inputs, olds: Inputs | undefined): Inputs | Promise<Inputs>;
  /** Problems that take the old inputs, or what is there, to see, a sentence each. Asked once all inputs are known. */
  check?(where: Where | undefined, news: Inputs, olds: Inputs | undefined): Promise<readonly string[]>;
  /**
   * @param before what an earlier resource was, when it has to be made again because it is gone
   * @throws NotReady when it exists and is not as it should be
   */
  create(where: Where, inputs: Inputs, before?: State): Promise<State>;
  /** What it is now; undefined when it is gone. */
  read(where: Where, state: State): Promise<State | undefined>;
  /** What an id names, for `pulumi import` where the place keeps no record of it; undefined when there is no such thing. */
  import?(where: Where, id: string): Promise<{ readonly inputs: Inputs; readonly state: State } | undefined>;
  /**
   * A cheap look, asked in every preview: false when it is gone, does not serve, or does not run as it would be started
   * today. It is made again then. @default true
   */
  stands?(where: Where, state: State): boolean;
  /**
   * @default the new inputs are written down, and nothing else is done
   * @param ignoring ways of what the program's `ignoreChanges` names: `spec.rules`
   * @throws NotReady as `create`
   */
  update?(where: Where, news: Inputs, olds: State, ignoring?: readonly string[]): Promise<State>;
  delete(where: Where, state: State): Promise<void>;
}

/**
 * Thrown by `create` and `update` after a long operation that did not end well: the resource exists. The engine keeps
 * it in its state, fails the run, and updates it with the next.
 */
export class NotReady extends Error {
  /** What there is so far: a whole state of the kind. */
  readonly state: object;
  /** What is wrong, a sentence each. */
  readonly reasons: readonly string[];

  constructor(state: object, reasons: readonly string[]) {
    super(reasons.join("\n"));
    this.name = "NotReady";
    this.state = state;
    this.reasons = reasons;
  }
}
