import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelEndpoint } from "../../components/index.ts";
import { planTraffic } from "../../components/lifecycle/index.ts";
import { checkPlan, type ServingPlatform } from "../../components/platforms/platform.ts";
import { parseRelease, type Release, type ResolvedRelease } from "../../components/release/index.ts";
import { registered } from "../support/mocks.ts";

// What every platform must do, whichever it is. With mocks: that weights also arrive in its data plane is proved by
// each platform's own tests.

interface Wish {
  readonly versions: number;
  /** Basis points; undefined for copies only. */
  readonly weight: number | undefined;
  readonly steps: readonly number[];
  readonly shadowFirst: boolean;
  readonly sticky: boolean;
}

const wishes: fc.Arbitrary<Wish> = fc.record({
  versions: fc.integer({ min: 2, max: 20 }),
  weight: fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: undefined }),
  steps: fc.uniqueArray(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 5 }),
  shadowFirst: fc.boolean(),
  sticky: fc.boolean(),
});

const percent = (weight: number) => `${weight / 100}%`;

function releaseOf(wish: Wish): ResolvedRelease {
  const names = Array.from({ length: wish.versions }, (_, index) => `v${index + 1}`);
  const steps = wish.steps.toSorted((a, b) => a - b).map(percent);
  return parseRelease({
    model: { name: "wish", owner: "somebody", riskTier: "low" },
    platform: { kind: "local" },
    versions: Object.fromEntries(
      names.map((name) => [name, { source: { kind: "path", path: name, sha256: "a".repeat(64) } }]),
    ),
    rollout: {
      stable: "v1",
      candidate: "v2",
      weight: wish.weight === undefined ? "shadow" : percent(wish.weight),
      steps: wish.shadowFirst ? ["shadow", ...steps] : steps,
      guards: [{ metric: "errorRate", margin: "1pp" }],
      ...(wish.sticky && { sticky: { header: "x-user" } }),
    },
  } satisfies Record<keyof Pick<Release, "model" | "platform" | "versions" | "rollout">, unknown>);
}

/** What a platform of these capabilities cannot do of a wish, told independently of `checkPlan`: paths. */
function refusedPaths({ capabilities }: ServingPlatform, wish: Wish): readonly string[] {
  const { weights, shadow, sticky, maxVariants } = capabilities;
  const fits = (weight: number) => weights.kind === "exact" || weight % weights.slot === 0;
  const offset = wish.shadowFirst ? 1 : 0;
  const steps = wish.steps.toSorted((a, b) => a - b);
  return [
    ...(wish.versions > maxVariants ? ["versions"] : []),
    ...(!shadow && wish.shadowFirst ? ["rollout.steps[0]"] : []),
    ...(!shadow && wish.weight === undefined ? ["rollout.weight"] : []),
    ...(!sticky && wish.sticky ? ["rollout.sticky"] : []),
    ...(fits(wish.weight ?? 0) ? [] : ["rollout.weight"]),
    ...steps.flatMap((step, index) => (fits(step) ? [] : [`rollout.steps[${index + offset}]`])),
  ].map((path) => `model-lifecycle:release.${path}`);
}

/** Holds a platform to the contract. `create` makes it anew for each program. */
export function conformance(name: string, create: () => ServingPlatform): void {
  describe(`platform ${name}`, () => {
    const platform = create();
    const problemsOf = (wish: Wish) => {
      const release = releaseOf(wish);
      return checkPlan(
        { release: { ...release, platform: asKind(release, platform) }, traffic: planTraffic(release) },
        platform,
      );
    };

    test("everything that it cannot do is refused at once, and nothing that it can", () => {
      fc.assert(
        fc.property(wishes, (wish) => {
          const paths = problemsOf(wish).map(({ path }) => path);
          expect(paths.toSorted()).toEqual([...refusedPaths(platform, wish)].toSorted());
        }),
      );
    });

    test("a refusal says what was seen, what is allowed and what to do", () => {
      fc.assert(
        fc.property(wishes, (wish) => {
          for (const { path, seen, allowed, cure } of problemsOf(wish)) {
            expect(path).toMatch(/^model-lifecycle:release\./);
            expect(seen).not.toBe("");
            expect(allowed).toContain(platform.kind);
            expect(cure).not.toBe("");
          }
        }),
      );
    });

    test("the nearest weight that a refusal names is one that the platform takes, and none is nearer", () => {
      const { weights } = platform.capabilities;
      const possible = Array.from({ length: 10_000 }, (_, index) => index + 1).filter(
        (weight) => weights.kind === "exact" || weight % weights.slot === 0,
      );
      fc.assert(
        fc.property(wishes, (wish) => {
          const refused = problemsOf(wish).find(({ path }) => path.endsWith(".weight") && wish.weight !== undefined);
          if (refused === undefined || wish.weight === undefined) return;
          const nearest = Math.round(Number.parseFloat(/"([\d.]+)%"/.exec(refused.cure)?.[1] ?? "") * 100);
          expect(problemsOf({ ...wish, weight: nearest }).map(({ path }) => path)).not.toContain(refused.path);
          const distance = Math.min(...possible.map((weight) => Math.abs(weight - (wish.weight ?? 0))));
          expect(Math.abs(nearest - wish.weight)).toBe(distance);
        }),
      );
    });

    test("a release for another platform is refused", () => {
      const release = releaseOf(modest(platform));
      const other = { ...platform, kind: "another" };
      const [problem, ...rest] = checkPlan({ release, traffic: planTraffic(release) }, other);
      expect(rest).toEqual([]);
      expect(problem).toMatchObject({
        path: "model-lifecycle:release.platform.kind",
        allowed: '"another", which the program uses',
      });
    });

    test("nothing of the platform is registered when a plan is refused", async () => {
      const release = releaseOf({ ...modest(platform), versions: platform.capabilities.maxVariants + 1 });
      const rows = await registered(() => {
        const args = { release: { ...release, platform: asKind(release, platform) }, platform: create() };
        expect(() => new ModelEndpoint("wish", args)).toThrow(pulumi.RunError);
      });
      expect(rows.filter(({ type }) => !type.startsWith("model-lifecycle:index:"))).toEqual([]);
    });

    test("what it serves hangs below the endpoint, has its name, and shows a weight in one resource alone", async () => {
      const serve = (weight: number) =>
        registered(() => {
          const release = releaseOf({ ...modest(platform), weight });
          new ModelEndpoint("wish", {
            release: { ...release, platform: asKind(release, platform) },
            platform: create(),
          });
        });
      const before = await serve(5_000);
      const after = await serve(10_000);
      expect(before.length).toBeGreaterThan(2);
      for (const row of before) expect(row.name).toMatch(/^wish(-|$)/);
      expect(after.map(({ name }) => name).toSorted()).toEqual(before.map(({ name }) => name).toSorted());
      const changed = before.filter(
        (row) =>
          JSON.stringify(row.inputs) !==
          JSON.stringify(after.find(({ name, type }) => name === row.name && type === row.type)?.inputs),
      );
      expect(changed).toHaveLength(1);
    });
  });
}

/** A wish that any platform can grant. */
const modest = (platform: ServingPlatform): Wish => ({
  versions: 2,
  weight: platform.capabilities.weights.kind === "slots" ? platform.capabilities.weights.slot : 500,
  steps: [10_000],
  shadowFirst: false,
  sticky: false,
});

const asKind = (release: ResolvedRelease, { kind }: ServingPlatform) =>
  ({ ...release.platform, kind }) as ResolvedRelease["platform"];
