import fc from "fast-check";
import type {
  Consumer,
  GuardDocument,
  Percent,
  Release,
  RetirementDocument,
  RolloutDocument,
  Timestamp,
  VersionDocument,
} from "../../components/release/index.ts";

/** Any valid release document: with and without a candidate, a way back, versions on their way out and consumers. */
export function releases(): fc.Arbitrary<Release> {
  return fc.uniqueArray(labels(20), { minLength: 1, maxLength: 5 }).chain(([stable = "v1", ...others]) =>
    fc
      .record({
        candidate: fc.option(fc.constantFrom(...others, undefined), { nil: undefined }),
        previous: fc.option(fc.constantFrom(...others, undefined), { nil: undefined }),
      })
      .chain(({ candidate, previous }) =>
        retirements(
          others.filter((version) => version !== candidate),
          stable,
          previous,
        ).chain((retirement) => {
          const deployed = [stable, ...others].filter((version) => retirement[version]?.phase !== "retired");
          return fc
            .record({
              model: fc.record(
                {
                  name: labels(40),
                  owner: fc.constantFrom("nlp-platform", "Team 7, Zürich"),
                  task: labels(63),
                  riskTier: fc.constantFrom("low", "medium", "high"),
                },
                { requiredKeys: ["name", "owner", "riskTier"] },
              ),
              platform: fc.constantFrom({ kind: "local" as const }, { kind: "local" as const, port: "8080" }),
              versions: versionsCalled([stable, ...others]),
              rollout: rollouts(stable, previous, candidate),
              consumers: fc.option(consumersOf(deployed), { nil: undefined }),
            })
            .map(({ consumers, ...release }) => ({
              ...release,
              ...(Object.keys(retirement).length === 0 ? {} : { retirement }),
              ...(consumers === undefined ? {} : { consumers }),
            }));
        }),
      ),
  );
}

/** Lower-case labels up to the limit, "constructor" among them: a name that every object knows must not be special. */
function labels(limit: number): fc.Arbitrary<string> {
  return fc.constantFrom(
    "v1",
    "v2",
    "v10",
    "a",
    "b-2",
    "x7--y",
    "candidate",
    "constructor",
    "m".repeat(limit),
    "stable",
  );
}

/** "0%" to "100%" with up to two decimals. */
export function percents(least: number = 0): fc.Arbitrary<Percent> {
  return fc.integer({ min: least, max: 10_000 }).map((basisPoints): Percent => `${basisPoints / 100}%`);
}

export function timestamps(): fc.Arbitrary<Timestamp> {
  return fc
    .date({ min: new Date("2020-01-01T00:00:00Z"), max: new Date("2040-01-01T00:00:00Z"), noInvalidDate: true })
    .map((date) => `${date.toISOString().slice(0, 19)}Z`);
}

function versionsCalled(names: readonly string[]): fc.Arbitrary<Record<string, VersionDocument>> {
  const version: fc.Arbitrary<VersionDocument> = fc
    .record({
      sha256: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map((bits) => bits.toString(16).padStart(64, "0")),
      path: fc.constantFrom("models/a", "artifacts/2026/b c"),
      checks: fc.constantFrom(
        undefined,
        {},
        { golden: "golden.jsonl", floor: { accuracy: "0.80" as const }, latency: "50 ms" as const },
      ),
    })
    .map(({ checks, ...pinned }) => ({
      source: { kind: "path", ...pinned },
      ...(checks === undefined ? {} : { checks }),
    }));
  return fc
    .array(version, { minLength: names.length, maxLength: names.length })
    .map((versions) => Object.fromEntries(versions.map((entry, index) => [names[index], entry])));
}

function retirements(
  candidates: readonly string[],
  successor: string,
  previous: string | undefined,
): fc.Arbitrary<Record<string, RetirementDocument>> {
  return fc.subarray([...candidates]).chain((leaving) =>
    fc
      .array(fc.record({ phase: fc.constantFrom("deprecated", "archived", "retired"), sunset: timestamps() }), {
        minLength: leaving.length,
        maxLength: leaving.length,
      })
      .map((entries) =>
        Object.fromEntries(
          entries.map(({ phase, sunset }, index) => {
            const version = leaving[index] ?? "";
            // The way back stays deployed.
            return [
              version,
              { phase: version === previous && phase === "retired" ? "archived" : phase, sunset, successor },
            ];
          }),
        ),
      ),
  );
}

function rollouts(
  stable: string,
  previous: string | undefined,
  candidate: string | undefined,
): fc.Arbitrary<RolloutDocument> {
  const settings = fc.record(
    {
      steps: steps(),
      advance: fc.constantFrom("automatic", "manual"),
      guards: guards(),
      bake: fc.constantFrom("500 ms", "1 second", "10 minutes"),
      maxDuration: fc.constantFrom("2 hours", "3 days"),
      onInconclusive: fc.constantFrom("hold", "rollback", "promote"),
      alpha: fc.constantFrom("0.5%", "1%", "50%"),
      beta: fc.constantFrom("5%", "20%"),
      sticky: fc.constant({ header: "X-Session-Id" }),
    },
    { requiredKeys: [] },
  );
  const trial = fc.record(
    { weight: fc.oneof(percents(), fc.constant("shadow" as const)), attempt: fc.constantFrom("1", "2", "17") },
    { requiredKeys: ["weight"] },
  );
  return fc.tuple(settings, trial).map(([chosen, run]) => ({
    stable,
    ...(previous === undefined ? {} : { previous }),
    ...(candidate === undefined ? {} : { candidate, ...run }),
    ...(chosen as Partial<RolloutDocument>),
  }));
}

function steps(): fc.Arbitrary<readonly (Percent | "shadow")[]> {
  const shares = fc
    .uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 6 })
    .map((weights) => weights.toSorted((a, b) => a - b).map((weight): Percent => `${weight / 100}%`));
  return fc
    .tuple(fc.boolean(), shares)
    .map(([shadow, weights]): readonly (Percent | "shadow")[] => (shadow ? ["shadow", ...weights] : weights));
}

function guards(): fc.Arbitrary<readonly GuardDocument[]> {
  return fc.subarray<GuardDocument>([
    { metric: "errorRate", margin: "0.5pp" },
    { metric: "latency", margin: "20%", source: "requests", direction: "increase" },
    { metric: "positiveRate", margin: "5pp", direction: "either", source: "feedback", designEffect: "2.5" },
    { metric: "accuracy", margin: "3%", direction: "decrease" },
    { metric: "revenue", margin: "2.50", range: "0 to 500" },
    { metric: "profit", margin: "0.0001", range: "-0.5 to 0.5", direction: "decrease" },
    { metric: "price", margin: "5%", range: "10 to 20.25", direction: "increase" },
  ]);
}

function consumersOf(versions: readonly string[]): fc.Arbitrary<readonly Consumer[]> {
  return fc.uniqueArray(
    fc.record({
      name: labels(63),
      contact: fc.constantFrom("checkout-team@example.com", "#search on chat"),
      versions: fc.subarray([...versions], { minLength: 1 }),
    }),
    { selector: ({ name }) => name, maxLength: 3 },
  );
}
