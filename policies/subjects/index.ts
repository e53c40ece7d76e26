import type { TrafficPlan } from "../../components/traffic/plan.ts";
import { type ArchiveFacts, archive } from "./archive.ts";
import { type NoticeFacts, notice } from "./notice.ts";
import type { Subject } from "./subject.ts";
import { traffic } from "./traffic.ts";

/** What a rule is asked about, by the name of its subject. */
export interface FactsOf {
  readonly traffic: TrafficPlan;
  readonly archive: ArchiveFacts;
  readonly notice: NoticeFacts;
}

/** The name of a subject, and of the folder of its rules. */
export type SubjectName = keyof FactsOf;

/** Everything that a rule can look at. */
export const subjects: { readonly [Name in SubjectName]: Subject<FactsOf[Name]> } = { traffic, archive, notice };
