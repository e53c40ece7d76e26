import type { KubernetesObject } from "../object.ts";
import type { Problem } from "../problem.ts";

/** What the server's own code, or a schema's expression, demands beyond the schema. */
export interface Rule {
  /** Names it, so that a test can switch it off. */
  readonly name: string;
  /** Kinds it holds for; all when left out. */
  readonly kinds?: readonly string[];
  /** An expression of the kind's schema: not asked where a field lacks, is of another type or too long. @default false */
  readonly isExpression?: boolean;
  /** Where the fact stands. */
  readonly source: string;
  /** What is wrong. `before` is what is there already, in an update. */
  check(object: KubernetesObject, before: KubernetesObject | undefined): readonly Problem[];
}
