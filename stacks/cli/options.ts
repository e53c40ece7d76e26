/** Words that may stand somewhere on the command line, for completion. What is typed so far may name the stack. */
export type Values = (options: StackOptions) => readonly string[] | Promise<readonly string[]>;

/** One option of a verb, as help and completion show it. */
export interface Option {
  /** As commander writes them: `--weight <share>`. */
  readonly flags: string;
  /** What it does, with what holds without it in brackets. */
  readonly description: string;
  /** The verb cannot do without. @default false */
  readonly required?: true;
  /** It may be given more than once. @default false */
  readonly repeated?: true;
  /** What may stand behind it. @default nothing is known of it */
  readonly values?: Values;
}

/** Which stack is meant, and how its user is answered. */
export interface StackOptions {
  /** @default the only one configured, else $PULUMI_STACK */
  readonly stack?: string;
  /** @default "." */
  readonly cwd?: string;
  /** @default false */
  readonly json?: boolean;
}

/** How a change of the configuration is made. */
export interface ChangeOptions extends StackOptions {
  /** @default false: it is asked for */
  readonly yes?: boolean;
  /** False after `--no-up`. @default true */
  readonly up?: boolean;
  /** Folders of policy packs for the engine, beside those of $MLC_POLICY_PACK. @default [] */
  readonly policyPack?: readonly string[];
}

/** How a version is added. */
export interface AddOptions extends ChangeOptions {
  readonly from: string;
  /** @default what the environment names */
  readonly endpoint?: string;
  /** @default every file */
  readonly include?: readonly string[];
  /** @default pickles are refused */
  readonly allowPickle?: string;
}

/** What an image is made of, and where it goes. */
export interface PackageOptions extends StackOptions {
  readonly image: string;
  readonly base: string;
  /** @default images/<version> */
  readonly out?: string;
  /** @default false: a daemon makes it */
  readonly push?: boolean;
}

/** How traffic is taken back. */
export interface EmergencyOptions extends StackOptions {
  /** @default the name in Pulumi.yaml */
  readonly project?: string;
  /** @default the verb */
  readonly reason?: string;
  /** @default every endpoint of the stack */
  readonly endpoint?: string;
  /** Accepted, because nothing is asked. */
  readonly yes?: boolean;
  /** False after `--no-up`. @default true */
  readonly up?: boolean;
  /** Of `rollback` alone: the version to go back to. @default the one before */
  readonly to?: string;
}
