import { expect, test } from "vitest";
import { subjects } from "../../policies/subjects/index.ts";
import type { StackResource } from "../../policies/subjects/subject.ts";
import { exampleTraffic } from "../../policies/subjects/traffic.ts";

const rollout = (traffic?: object): StackResource => ({
  type: "model-lifecycle:index:CanaryRollout",
  urn: "rollout",
  outputs: traffic === undefined ? {} : { traffic },
});
const component = (urn: string): StackResource => ({ type: "model-lifecycle:index:ModelArchive", urn, outputs: {} });
const kept = (parent: string, version: string, retentionDays = 0): StackResource => ({
  type: "model-lifecycle-local:index:Archive",
  urn: `${parent}-copy`,
  parent,
  outputs: { model: "sentiment", version, retentionDays, sha256: "00" },
});
const sunset = "2027-01-01T00:00:00Z";
const notices = (phases: Readonly<Record<string, string>>) =>
  rollout({
    ...exampleTraffic,
    notices: Object.fromEntries(Object.entries(phases).map(([version, phase]) => [version, { phase, sunset }])),
  });

test("a stack of other resources has nothing of any subject", () => {
  const other = { type: "aws:s3/bucket:Bucket", urn: "b", outputs: {} };
  expect(Object.values(subjects).map(({ find }) => find([other]))).toEqual([[], [], []]);
});

test("the traffic of a rollout is its output, and one that tells none says so", () => {
  expect(subjects.traffic.find([rollout(exampleTraffic)]).map(({ read }) => read())).toEqual([
    { facts: exampleTraffic },
  ]);
  expect(subjects.traffic.find([rollout()]).map(({ read }) => read())).toEqual([
    { untold: expect.objectContaining({ path: "traffic" }) },
  ]);
});

test("an archive is what the store of a ModelArchive makes below it", () => {
  const found = subjects.archive.find([component("a"), kept("a", "v1", 365), component("b")]);
  expect(found.map(({ urn, read }) => [urn, read()])).toEqual([
    ["a", { facts: { model: "sentiment", version: "v1", retentionDays: 365 } }],
    ["b", { untold: expect.objectContaining({ path: "retentionDays" }) }],
  ]);
});

test("a notice is held against the archives of its own model and version", () => {
  const archivedIn = (...resources: readonly StackResource[]) =>
    subjects.notice.find([notices({ v1: "retired" }), ...resources]).map(({ read }) => {
      const found = read();
      return "facts" in found ? found.facts.archived : "untold";
    });
  expect(archivedIn()).toEqual(["no"]);
  expect(archivedIn(component("a"), kept("a", "v1"))).toEqual(["yes"]);
  expect(archivedIn(component("a"), kept("a", "v2"))).toEqual(["no"]);
  expect(archivedIn(component("a"))).toEqual(["unknown"]);
  expect(archivedIn(component("a"), component("b"), kept("b", "v1"))).toEqual(["yes"]);
  expect(subjects.notice.find([rollout()]).map(({ read }) => read())).toEqual([
    { untold: expect.objectContaining({ path: "traffic" }) },
  ]);
});
