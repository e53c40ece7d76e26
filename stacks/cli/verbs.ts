import type { Verb, Verbs } from "./verb.ts";

/** Every verb, in the order of a model's life. One more is a file in `verbs/` and a line here. */
const verbs: Verbs = {
  init: async () => (await import("./verbs/init.ts")).init,
  validate: async () => (await import("./verbs/validate.ts")).validate,
  check: async () => (await import("./verbs/check.ts")).check,
  review: async () => (await import("./verbs/review.ts")).review,
  add: async () => (await import("./verbs/add.ts")).add,
  pin: async () => (await import("./verbs/pin.ts")).pin,
  import: async () => (await import("./verbs/import.ts")).importVerb,
  package: async () => (await import("./verbs/package.ts")).packageVerb,
  runbook: async () => (await import("./verbs/runbook.ts")).runbook,
  plan: async () => (await import("./verbs/plan.ts")).plan,
  start: async () => (await import("./verbs/start.ts")).start,
  advance: async () => (await import("./verbs/advance.ts")).advance,
  promote: async () => (await import("./verbs/promote.ts")).promote,
  conclude: async () => (await import("./verbs/conclude.ts")).conclude,
  rollback: async () => (await import("./verbs/rollback.ts")).rollback,
  abort: async () => (await import("./verbs/abort.ts")).abort,
  deprecate: async () => (await import("./verbs/deprecate.ts")).deprecate,
  archive: async () => (await import("./verbs/archive.ts")).archive,
  retire: async () => (await import("./verbs/retire.ts")).retire,
  reinstate: async () => (await import("./verbs/reinstate.ts")).reinstate,
  status: async () => (await import("./verbs/status.ts")).status,
  history: async () => (await import("./verbs/history.ts")).history,
  drift: async () => (await import("./verbs/drift.ts")).drift,
  scorecard: async () => (await import("./verbs/scorecard.ts")).scorecard,
  judge: async () => (await import("./verbs/judge.ts")).judge,
  evidence: async () => (await import("./verbs/evidence.ts")).evidence,
  unit: async () => (await import("./verbs/unit.ts")).unit,
  watch: async () => (await import("./verbs/watch.ts")).watch,
  doctor: async () => (await import("./verbs/doctor.ts")).doctor,
  demo: async () => (await import("./verbs/demo.ts")).demo,
  completion: async () => (await import("./verbs/completion.ts")).completion,
  complete: async () => (await import("./verbs/complete.ts")).completeFrom(verbs),
};

/** What a command line that begins with this word can mean: its verb alone, else all of them. */
export async function verbsFor(word: string): Promise<readonly Verb[]> {
  const named = new Map(Object.entries(verbs)).get(word);
  return Promise.all(named ? [named()] : Object.values(verbs).map((load) => load()));
}
