import type * as pulumi from "@pulumi/pulumi";
import type { Properties } from "./properties.ts";

/** Which resource is meant. */
export interface Subject {
  readonly urn: pulumi.URN;
  /** Its type without the package. */
  readonly type: string;
  /** Unique for its type in its place. */
  readonly name: string;
  /** Its inputs or its state: what of them says where it is, only the place knows. */
  readonly properties: Properties;
}

/** Inputs as they hold in a place, or why they cannot. */
export interface Settled {
  readonly inputs: Properties;
  /** A sentence each. */
  readonly failures: readonly string[];
}

/**
 * Where the resources of a provider live: folders of this machine, an account of a cloud, a cluster. It knows how to get
 * there, which resources it holds, and what the engine's state must say so that they are found again.
 *
 * @typeParam Where what a kind is handed to work in
 */
export interface Place<Where> {
  /** Ends the sentence "… does not exist": `on this machine`. */
  readonly here: string;
  /** What is written into each state beside the kind's own: which place of several it was. Its names are the place's own. */
  marks(): Properties;
  /** Where something is to be made; made itself when there is none yet. @throws Error when it cannot be. */
  open(subject: Subject): Where;
  /**
   * Where something is, by its state and the marks that were written into it; with no marks, where it would be looked
   * for. Makes nothing.
   * @returns undefined when it is gone for good: it is then made again, and its deletion is done
   * @throws pulumi.RunError when it may be there and can neither be seen nor changed from here
   */
  find(subject: Subject, marks: Properties): Where | undefined;
  /** Gives the id of something. */
  idOf(subject: Subject): string;
  /** What an id says. @throws pulumi.RunError that says what an id looks like. */
  locate(type: string, id: string): Pick<Subject, "name" | "properties">;
  /** Moves inputs to where the resource is kept, or refuses to. @default they stay as they are */
  settle?(urn: pulumi.URN, news: Properties, olds: Properties | undefined): Settled;
  /** Notes that the stack has something here; called after each creation and update. @default nothing is noted */
  remember?(subject: Subject): void;
  /** Kept beside what exists. @default none: the place itself says what is there, and whose it is nobody asks */
  readonly records?: Records;
}

/**
 * What the engine asked for and what it got, kept beside what exists: an id alone says everything then, and what one
 * resource or stack has, another does not take or delete.
 */
export interface Records {
  read(subject: Subject): ResourceRecord | undefined;
  write(subject: Subject, record: ResourceRecord): void;
  remove(subject: Subject): void;
  /**
   * What stands already where something new is wanted. The engine makes a new resource of a component under another
   * name or parent, and of one whose replacement is asked for; it is then judged and kept like the same resource.
   */
  standing(subject: Subject): ResourceRecord | undefined;
  /** The refusal of what stack `owner` (`<project>/<stack>`) has. */
  taken(subject: Subject, owner: string): string;
}

/** One resource as it was recorded. */
export interface ResourceRecord {
  /** As the engine handed them over. */
  readonly inputs: Properties;
  /** As the engine was given it. */
  readonly state: Properties;
  /** The last resource that created it, by a random id in its state. Absent where version 0.1.0 did. */
  readonly owner?: string;
  /** `<project>/<stack>` that has it. Absent where version 0.1.0 made it. */
  readonly stack?: string;
}
