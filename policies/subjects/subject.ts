/** One resource as a stack registers it, in preview and in `up` alike. What the program no longer registers is not among them. */
export interface StackResource {
  /** `model-lifecycle:index:CanaryRollout`. */
  readonly type: string;
  readonly urn: string;
  /**
   * What it tells: of a component the outputs that it registers, of any other resource its inputs as well.
   * Reading one that the preview cannot know yet throws.
   */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The component it belongs to. */
  readonly parent?: string | undefined;
}

/** It is there, and does not tell what a rule has to know. */
export interface Untold {
  /** The output that is missing. */
  readonly path: string;
  /** Why nothing can be said without it: goes on with "so … cannot be checked". */
  readonly cause: string;
  /** What to do about it. */
  readonly cure: string;
}

/** One thing that a rule can be asked about. */
export interface Found<Facts> {
  /** The resource that a finding is shown at. */
  readonly urn: string;
  /** What it is, or why it cannot be told. Throws what reading an output throws. */
  readonly read: () => { readonly facts: Facts } | { readonly untold: Untold };
}

/** What a rule looks at: how it is found in a stack, and what it looks like where nothing is wrong. */
export interface Subject<Facts> {
  /** In the plural, for a sentence: `archives`. */
  readonly title: string;
  readonly find: (resources: readonly StackResource[]) => readonly Found<Facts>[];
  /** One that every rule of this subject accepts. */
  readonly example: Facts;
}
