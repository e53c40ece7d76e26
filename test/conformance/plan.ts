import * as pulumi from "@pulumi/pulumi";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ModelEndpoint } from "../../components/index.ts";
import { planTraffic } from "../../components/lifecycle/index.ts";
import { checkPlan, type ServingPlatform } from "../../components/platforms/platform.ts";
import { parseRelease, type Release, type ResolvedRelease } from "../../components/release/index.ts";
import type { Delivery } from "../../components/release/resolved.ts";
import { registered } from "../support/mocks.ts";
import { canGive, modest, refusedPaths, type Wish, wishes } from "./plan-rows.ts";

// What every platform must do with a plan, whichever it is. With mocks: that weights also arrive in its data plane is proved by
// each platform's own tests.

const percent = (weight: number) => `${weight / 100}%`;

const path = "fleet:sentiment";

/** A version's source, by what a platform gets of it. */
const sources: Readonly<Record<Delivery, (name: string) => Release["versions"][string]["source"]>> = {
  files: (name) => ({ kind: "path", path: name, sha256: "a".repeat(64) }),
  claim: (name) => ({ kind: "claim", claim: "models", path: name, sha256: "a".repeat(64) }),
  image: (name) => ({ kind: "oci", image: `registry.example/wish:${name}`, sha256: "a".repeat(64) }),
};

const archives: Readonly<Record<string, ResolvedRelease["archive"]>> = {
  local: { kind: "local" },
  oci: { kind: "oci", repository: "registry.example/archive" },
};

function releaseOf(wish: Wish, { capabilities }: ServingPlatform): ResolvedRelease {
  const source = sources[wish.delivers ?? capabilities.sources[0] ?? "files"];
  const names = Array.from({ length: wish.versions }, (_, index) => `v${index + 1}`);
  const steps = wish.steps.map(percent);
  const document = {
    model: { name: "wish", owner: "somebody", riskTier: "low" },
    platform: { kind: "local" },
    versions: Object.fromEntries(
      names.map((name) => [
        name,
        {
          source: source(name),
          ...(wish.golden && name === "v1" && { checks: { golden: "golden.jsonl" } }),
          ...(wish.serve && name === "v1" && { serve: { kind: "command", command: ["./server", "{port}"] } }),
        },
      ]),
    ),
    rollout: {
      stable: "v1",
      candidate: "v2",
      weight: wish.weight === undefined ? "shadow" : percent(wish.weight),
      steps: wish.shadowFirst ? ["shadow", ...steps] : steps,
      advance: wish.advance,
      holdBack: percent(wish.holdBack),
      guards: [
        ...wish.business.map((metric) => ({ metric, margin: "1pp" })),
        ...wish.guards.map(({ metric, margin: { unit, value } }) => ({ metric, margin: `${value}${unit}` })),
      ],
      ...(wish.sticky && { sticky: { header: "x-user" } }),
    },
  } satisfies Record<keyof Pick<Release, "model" | "platform" | "versions" | "rollout">, unknown>;
  const { archive: _, ...release } = parseRelease(document, { path });
  const archive = archives[wish.archive ?? "none"];
  return { ...release, ...(archive && { archive }) };
}

/** Holds a platform to the contract. `create` makes it anew for each program. */
export function conformance(name: string, create: () => ServingPlatform): void {
  describe(`platform ${name}`, () => {
    const platform = create();
    const problemsOf = (wish: Wish) => {
      const release = releaseOf(wish, platform);
      return checkPlan(
        { release: { ...release, platform: asKind(release, platform) }, traffic: planTraffic(release) },
        platform,
      );
    };

    test("everything that it cannot do is refused at once, and nothing that it can", () => {
      fc.assert(
        fc.property(wishes, (wish) => {
          const paths = problemsOf(wish).map((problem) => problem.path);
          const refused = refusedPaths(platform.capabilities, wish).map((each) => `${path}.${each}`);
          expect(paths.toSorted()).toEqual(refused.toSorted());
        }),
      );
    });

    test("a refusal says what was seen, what is allowed and what to do", () => {
      fc.assert(
        fc.property(wishes, (wish) => {
          for (const { path: where, seen, allowed, cure } of problemsOf(wish)) {
            expect(where).toMatch(/^fleet:sentiment\./);
            expect(seen).not.toBe("");
            expect(allowed).toContain(platform.kind);
            expect(cure).not.toBe("");
          }
        }),
      );
    });

    test("the nearest weight that a refusal names is one that the platform takes, and none is nearer", () => {
      const { weights } = platform.capabilities;
      const possible = Array.from({ length: 10_000 }, (_, index) => index + 1).filter((weight) =>
        canGive(weights, weight),
      );
      fc.assert(
        fc.property(wishes, (wish) => {
          const refused = problemsOf(wish).find(
            (problem) => problem.path.endsWith(".weight") && wish.weight !== undefined,
          );
          if (refused === undefined || wish.weight === undefined) return;
          const nearest = Math.round(Number.parseFloat(/"([\d.]+)%"/.exec(refused.cure)?.[1] ?? "") * 100);
          expect(problemsOf({ ...wish, weight: nearest }).map((problem) => problem.path)).not.toContain(refused.path);
          const distance = Math.min(...possible.map((weight) => Math.abs(weight - (wish.weight ?? 0))));
          expect(Math.abs(nearest - wish.weight)).toBe(distance);
        }),
      );
    });

    test("a release for another platform is refused", () => {
      const release = releaseOf(modest, platform);
      const other = { ...platform, kind: "another" };
      const [problem, ...rest] = checkPlan({ release, traffic: planTraffic(release) }, other);
      expect(rest).toEqual([]);
      expect(problem).toMatchObject({
        path: "fleet:sentiment.platform.kind",
        allowed: '"another", which the program uses',
      });
    });

    test("nothing of the platform is registered when a plan is refused", async () => {
      const release = releaseOf({ ...modest, versions: platform.capabilities.maxVariants + 1 }, platform);
      const rows = await registered(() => {
        const args = { release: { ...release, platform: asKind(release, platform) }, platform: create() };
        expect(() => new ModelEndpoint("wish", args)).toThrow(pulumi.RunError);
      });
      expect(rows.filter(({ type }) => !type.startsWith("model-lifecycle:index:"))).toEqual([]);
    });

    test("what it serves hangs below the endpoint, has its name, and shows a weight in one resource alone", async () => {
      const serve = (weight: number) =>
        registered(() => {
          const release = releaseOf({ ...modest, weight }, platform);
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

const asKind = (release: ResolvedRelease, { kind }: ServingPlatform) =>
  ({ ...release.platform, kind }) as ResolvedRelease["platform"];
