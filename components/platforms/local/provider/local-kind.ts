import type { Tags } from "../../../kit/tags.ts";
import type { ResourceKind } from "../../../provider/kind.ts";
import type { StateFolder } from "../state-folder/folder.ts";

/** What every local resource is given. */
export interface LocalInputs {
  /** The state folder, absolute. Another one is another resource, unless nobody chose it: it then follows the state. */
  readonly stateDir: string;
  /** Key-value pairs for people; a change touches no process. @default - none */
  readonly tags?: Tags;
}

/** A kind whose resources live in a state folder; its verbs are handed the folder, opened. */
export type LocalKind<Inputs extends LocalInputs, State extends Inputs> = ResourceKind<Inputs, State, StateFolder>;
