import { expect, test } from "vitest";
import { renderPlatformsPage } from "../../components/capabilities/page.ts";
import { kubernetes } from "../../components/platforms/kubernetes/index.ts";
import { local } from "../../components/platforms/local/index.ts";
import { checkPlan, type ServingPlatform } from "../../components/platforms/platform.ts";
import { parseRelease } from "../../components/release/index.ts";
import { planTraffic } from "../../components/traffic/index.ts";
import { releaseOf as onKubernetes } from "../platforms/kubernetes/release.ts";
import { coarse, controlled, weak } from "./fake-platforms.ts";
import { conformance } from "./plan.ts";

conformance("local", () => local());
conformance("kubernetes", () => kubernetes(onKubernetes()));
conformance("kubernetes without a Prometheus", () => kubernetes(onKubernetes({ prometheus: undefined })));
conformance("weak: slots of 10 %, two versions, no copies, not sticky, nobody climbs, nothing measured", weak);
conformance("controlled: parts of 8 copies, a controller climbs, no latency, no feedback", controlled);
conformance("coarse: a gateway that counts latency in wide buckets", coarse);

test("docs/platforms.md is what the platforms say of themselves", async () => {
  const platforms = [local(), kubernetes(onKubernetes())];
  const page = renderPlatformsPage(Object.fromEntries(platforms.map(({ kind, capabilities }) => [kind, capabilities])));
  await expect(page).toMatchFileSnapshot("../../docs/platforms.md");
});

/** What a platform says to a rollout, as one line for each problem. */
function refusals(platform: ServingPlatform, rollout: object): readonly string[] {
  const pin = { source: { kind: "path", path: "v", sha256: "a".repeat(64) } };
  const release = parseRelease({
    model: { name: "wish", owner: "somebody", riskTier: "low" },
    platform: { kind: "local" },
    versions: { v1: pin, v2: pin },
    rollout: { stable: "v1", candidate: "v2", weight: "100%", steps: ["100%"], holdBack: "0%", ...rollout },
  });
  const asked = { ...release, platform: { ...release.platform, kind: platform.kind } as typeof release.platform };
  return checkPlan({ release: asked, traffic: planTraffic(asked) }, platform).map(
    ({ path, seen, allowed, cure }) => `${path}: seen ${seen}; allowed ${allowed}; ${cure}`,
  );
}

test("a climb by nobody is refused, with the way to climb", () => {
  expect(refusals(weak(), { advance: "automatic" })).toEqual([
    'model-lifecycle:release.rollout.advance: seen "automatic"; allowed manual, because nobody climbs on platform weak; write advance: manual, and take each step with mlc advance',
  ]);
});

test("a guard that is not measured is refused where it stands in the document, and one brought along where its bringer stands", () => {
  const guards = [
    { metric: "conversion", margin: "1pp" },
    { metric: "errorRate", margin: "1pp" },
    { metric: "latency", margin: "20%" },
  ];
  expect(refusals(controlled(), { guards })).toEqual([
    'model-lifecycle:release.rollout.guards[2]: seen "latency"; allowed guards of errorRate, refusalRate on platform controlled; remove the guard',
    'model-lifecycle:release.rollout.guards[0]: seen "conversion", which arrives as feedback; allowed guards of what requests show on platform controlled; remove the guard',
  ]);
  const errorsOnly = controlled();
  const capabilities = { ...errorsOnly.capabilities, guards: { errorRate: { finest: 0 } } };
  expect(refusals({ ...errorsOnly, capabilities }, { guards: guards.slice(1, 2) })).toEqual([
    'model-lifecycle:release.rollout.guards[0]: seen "refusalRate", which errorRate brings along; allowed guards of errorRate on platform controlled; remove the guard',
  ]);
});

test("a margin finer than the platform measures is refused, and one as fine is not", () => {
  expect(refusals(coarse(), { guards: [{ metric: "latency", margin: "20%" }] })).toEqual([
    'model-lifecycle:release.rollout.guards[0].margin: seen "20%"; allowed "150%" or more for latency, which is measured no finer on platform coarse; write, for example: margin: "150%"',
  ]);
  expect(refusals(coarse(), { guards: [{ metric: "latency", margin: "150%" }] })).toEqual([]);
});

test("a share that no number of copies makes is refused, with the nearest that one does", () => {
  expect(refusals(controlled(), { advance: "manual", weight: "5%" })).toEqual([
    'model-lifecycle:release.rollout.weight: seen "5%"; allowed a number of the 8 copies on platform controlled; the nearest is "12.5%"',
  ]);
});
