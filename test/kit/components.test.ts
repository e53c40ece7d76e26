import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import { LifecycleComponent, type Transform, tagsOf, transformed } from "../../components/kit/index.ts";
import { requireNode } from "../../components/kit/node-version.ts";
import { parseRelease } from "../../components/release/index.ts";
import { registered } from "../support/mocks.ts";
import { releaseOf } from "../support/release.ts";

// With mocks: that the engine then shows the refusal and registers nothing else, they cannot prove
// (test/kit/engine.test.ts does).

class Part extends LifecycleComponent {
  constructor(name: string, child: string, opts?: pulumi.ComponentResourceOptions) {
    super("Part", name, {}, opts);
    new pulumi.ComponentResource("thing:index:Thing", child, {}, { parent: this });
  }
}

test.each(["endpoint", "endpoint-route", "endpoint-v1-server"])("a child may be named %s", async (child) => {
  const rows = await registered(() => new Part("endpoint", child));
  expect(rows.map(({ name }) => name).toSorted()).toEqual(["endpoint", child].toSorted());
});

test.each(["route", "endpointroute", "my-endpoint"])("a child named '%s' is refused", async (child) => {
  const rows = await registered(() => {
    expect(() => new Part("endpoint", child)).toThrow(
      `Part "endpoint": child thing:index:Thing is named "${child}"; allowed: "endpoint" or a name that starts with "endpoint-".`,
    );
  });
  expect(rows.map(({ type }) => type)).toEqual(["model-lifecycle:index:Part"]);
});

interface Args {
  readonly size: number;
  readonly colour: string;
}
const args: Args = { size: 1, colour: "red" };
const apply = (transform: Transform<Args> | undefined, opts: pulumi.CustomResourceOptions = {}) =>
  transformed(transform, "thing", args, opts);

test("without a transform a child is as it was", () => {
  expect(apply(undefined)).toEqual(["thing", args, {}]);
});

test("an object replaces the arguments that it names", () => {
  expect(apply({ size: 2 })).toEqual(["thing", { size: 2, colour: "red" }, {}]);
});

test("a function sees arguments, options and name, and returns what to use of each", () => {
  const seen: unknown[] = [];
  const result = apply(
    (...given) => {
      seen.push(...given);
      return { args: { ...given[0], colour: "blue" } };
    },
    { protect: true },
  );
  expect(seen).toEqual([args, { protect: true }, "thing"]);
  expect(result).toEqual(["thing", { size: 1, colour: "blue" }, { protect: true }]);
});

test("options of a transform are merged over the component's", () => {
  const [, , opts] = apply(() => ({ opts: { protect: false, ignoreChanges: ["size"] } }), { protect: true });
  expect(opts).toMatchObject({ protect: false, ignoreChanges: ["size"] });
});

test("the caller's tags win over model, owner and manager", () => {
  const release = parseRelease(releaseOf({ pins: { v1: "a".repeat(64) } }));
  expect(tagsOf(release)).toEqual({
    model: "sentiment",
    owner: "nlp-platform",
    "managed-by": "pulumi-model-lifecycle",
  });
  expect(tagsOf(release, { owner: "me", team: "search" })).toEqual({
    model: "sentiment",
    owner: "me",
    team: "search",
    "managed-by": "pulumi-model-lifecycle",
  });
});

test.each(["20.1.0", "22.17.9", "18.20.0"])("Node %s is refused with what to do", (version) => {
  expect(() => requireNode(version)).toThrow(
    `pulumi-model-lifecycle needs Node >= 22.18; this is Node ${version}. Install a newer Node, or put one first on PATH.`,
  );
});

test.each(["22.18.0", "22.23.3", "24.0.0"])("Node %s will do", (version) => {
  expect(() => requireNode(version)).not.toThrow();
});
