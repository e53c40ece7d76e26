import type { FactsOf, SubjectName } from "./subjects/index.ts";

/** What a rule is told besides its facts: numbers of its settings, as a policy pack's configuration gives them. */
export type Settings = Readonly<Record<string, number>>;

/** A number that a policy pack's configuration can change. */
export interface Setting {
  /** What it says, as one sentence without a full stop. */
  readonly title: string;
  readonly minimum: number;
  /** What holds where nothing is configured. */
  readonly default: number;
}

/** Why a rule says nothing about something: it is not what the rule is about, or what it has to know is not told. */
export interface Unjudged {
  readonly kind: "notApplicable" | "unknown";
  /** As one sentence without a full stop. */
  readonly why: string;
}

interface RuleOf<Name extends SubjectName> {
  /** Kebab-case, and the name of the file the rule stands in. */
  readonly id: string;
  /** What holds when the rule holds, as one sentence without a full stop. */
  readonly title: string;
  readonly severity: "low" | "medium" | "high" | "critical";
  /** Where the rule, or a number in it, comes from. @default the product's own promise */
  readonly source?: string;
  /** @default {} */
  readonly settings?: Readonly<Record<string, Setting>>;
  /** Asked before `check`. @default everything is judged */
  readonly unjudged?: (facts: FactsOf[Name]) => Unjudged | undefined;
  /**
   * What is wrong; empty when nothing is. A rollout that gives the candidate no traffic is never refused: it is what an
   * abort or a rollback leaves behind.
   */
  readonly check: (facts: FactsOf[Name], settings?: Settings) => readonly Finding[];
  /** Run by a test and shown in the catalogue. */
  readonly examples: {
    readonly good: readonly Example<Name>[];
    readonly bad: readonly Example<Name>[];
    /** @default [] */
    readonly unjudged?: readonly Example<Name>[];
  };
}

/**
 * One guardrail. It knows plain data only, so that every place that can refuse something asks the same question.
 *
 * `subject` names what it looks at, and what its examples hold; a rule of traffic may leave it out.
 */
export type Rule<Name extends SubjectName = "traffic"> = RuleOf<Name> &
  ("traffic" extends Name ? { readonly subject?: Name } : { readonly subject: Name });

/** A rule of whatever subject. */
export type AnyRule = { readonly [Name in SubjectName]: Rule<Name> }[SubjectName];

/** One case, named by what it shows: `{ name, traffic }`, `{ name, archive }`. */
export type Example<Name extends SubjectName = "traffic"> = { readonly name: string } & Pick<FactsOf, Name>;

/** One thing that is wrong, complete enough to be put right without reading anything else. */
export interface Finding {
  /** Where it stands in the release document, or in the program: `rollout.guards`. */
  readonly path: string;
  /** What stands there. */
  readonly seen: string;
  /** What comes of it. */
  readonly cause: string;
  /** What to do about it. */
  readonly cure: string;
}

/** A finding as text for a terminal. */
export function renderFinding({ path, seen, cause, cure }: Finding): string {
  return [path, `  seen:    ${seen}`, `  cause:   ${cause}`, `  do this: ${cure}`].join("\n");
}
