import * as pulumi from "@pulumi/pulumi";
import { expect, test } from "vitest";
import type { ResourceRecord } from "../../components/provider/place.ts";
import { cloudProvider, placeIn, recordsIn } from "./toy/cloud.ts";
import type { World } from "./toy/kinds.ts";

// A provider made of a table of kinds and a place in memory, asked as the SDK asks it; kinds-engine.test.ts has the engine ask.

const { specialSigKey, specialSecretSig, unknownValue } = pulumi.runtime;
const secret = (value: unknown) => ({ [specialSigKey]: specialSecretSig, value });

const bucketUrn = "urn:pulumi:dev::shop::toy:index:Bucket::mine";
const queueUrn = "urn:pulumi:dev::shop::toy:mq/queue:Queue::line";
const asked = { name: "b", content: "one" };
const full = { ...asked, region: "north", size: 1 };
const outs = { ...full, arn: "toy://b", key: secret("key of b"), cloud: "one" };

const newWorld = (): World => ({ things: new Map(), done: [] });

function startCloud() {
  const world = newWorld();
  return { world, provider: cloudProvider(placeIn(world)) };
}

test("check fills defaults in, and tells every problem at once", async () => {
  const { provider } = startCloud();
  expect(await provider.check(bucketUrn, {}, asked)).toEqual({ inputs: full, failures: [] });
  const { failures } = await provider.check(bucketUrn, {}, { name: "b", content: "", size: 10 });
  expect(failures).toEqual([
    { property: "", reason: "size: seen 10; allowed: at most 9. Make it smaller." },
    { property: "", reason: "content: seen nothing; allowed: some. Give it some." },
  ]);
});

test("a problem that takes the old inputs to see is told of a change, and not of a new resource", async () => {
  const { provider } = startCloud();
  const olds = { ...full, content: "fixed" };
  const reasons = [{ property: "", reason: "content: seen one; allowed: fixed. Leave it." }];
  expect(await provider.check(bucketUrn, olds, asked)).toEqual({ inputs: full, failures: reasons });
  expect(await provider.check(bucketUrn, {}, asked)).toEqual({ inputs: full, failures: [] });
});

test("of what is not known yet nothing is asked, and the rest is checked all the same", async () => {
  const { provider } = startCloud();
  const partly = { name: unknownValue, content: "one" };
  expect(await provider.check(bucketUrn, {}, partly)).toEqual({
    inputs: { ...full, name: unknownValue },
    failures: [],
  });
  expect((await provider.check(bucketUrn, {}, { ...partly, size: 10 })).failures).toHaveLength(1);
});

test.each([
  [{}, { changes: false, replaces: [] }],
  [{ content: "two" }, { changes: true, replaces: [] }],
  [{ content: unknownValue }, { changes: true, replaces: [] }],
  [{ note: "said" }, { changes: false, replaces: [] }],
  [{ region: "south" }, { changes: true, replaces: ["region"] }],
  [{ size: undefined }, { changes: true, replaces: [] }],
])("a change of %j is %j", async (change, difference) => {
  const { provider } = startCloud();
  await provider.create(bucketUrn, full);
  expect(await provider.diff("id", bucketUrn, outs, { ...full, ...change })).toEqual(difference);
});

test("an input that is taken out is a change where the kind says what is computed", async () => {
  const { provider } = startCloud();
  await provider.create(bucketUrn, full);
  const before = { ...outs, password: secret("hunter2") };
  expect(await provider.diff("id", bucketUrn, before, full)).toEqual({ changes: true, replaces: [] });
});

test("a name that can be had once is given up before it is taken again", async () => {
  const { provider } = startCloud();
  const { id, outs: queue } = await provider.create(queueUrn, { target: "a" });
  expect({ id, queue }).toEqual({ id: "mq/queue:Queue a", queue: { target: "a", cloud: "one" } });
  expect(await provider.diff("id", queueUrn, queue, { target: "b" })).toEqual({
    changes: true,
    replaces: ["target"],
    deleteBeforeReplace: true,
  });
  expect(await provider.diff("id", queueUrn, queue, { target: "a", jams: true })).toEqual({
    changes: true,
    replaces: [],
  });
});

test("create, update in place, read and delete, and what the kind did for them", async () => {
  const { provider, world } = startCloud();
  expect(await provider.create(bucketUrn, full)).toEqual({ id: "toy://b", outs });
  const two = { ...outs, content: "two" };
  expect(await provider.update("toy://b", bucketUrn, outs, { ...full, content: "two" })).toEqual({ outs: two });
  expect(await provider.read("toy://b", bucketUrn, two)).toEqual({ id: "toy://b", props: two });
  await provider.delete("toy://b", bucketUrn, two);
  expect(await provider.read("toy://b", bucketUrn, two)).toEqual({ id: "", props: {} });
  expect(world.done).toEqual([
    "create b: one",
    "update (was one) b: two",
    "read b: two",
    "delete b: two",
    "read b: two",
  ]);
});

test("what is gone is a change, and an update makes it again", async () => {
  const { provider, world } = startCloud();
  await provider.create(bucketUrn, full);
  world.things.clear();
  expect(await provider.diff("toy://b", bucketUrn, outs, full)).toEqual({ changes: true, replaces: [] });
  expect(await provider.update("toy://b", bucketUrn, outs, full)).toEqual({ outs });
  expect(world.done).toEqual(["create b: one", "create b: one"]);
});

test("what the place no longer has is gone, and its deletion is done", async () => {
  const { provider, world } = startCloud();
  const elsewhere = { ...outs, cloud: "another" };
  expect(await provider.diff("toy://b", bucketUrn, elsewhere, full)).toEqual({ changes: true, replaces: [] });
  expect(await provider.read("toy://b", bucketUrn, elsewhere)).toEqual({ id: "", props: {} });
  await provider.delete("toy://b", bucketUrn, elsewhere);
  expect(world.done).toEqual([]);
});

test("an id is enough for an import where the kind finds things by it", async () => {
  const { provider } = startCloud();
  await provider.create(bucketUrn, full);
  expect(await provider.read("toy://b", bucketUrn)).toEqual({ id: "toy://b", props: outs, inputs: full });
  await expect(provider.read("toy://none", bucketUrn)).rejects.toThrow(
    "Bucket toy://none does not exist in this cloud",
  );
  await expect(provider.read("a", queueUrn)).rejects.toThrow("mq/queue:Queue a does not exist in this cloud");
});

test("a kind sees what a secret holds, and the engine gets it back as a secret, wherever in it it stood", async () => {
  const { provider, world } = startCloud();
  const news = { ...full, password: secret("hunter2"), note: { deep: [secret("x")] } };
  const { inputs } = await provider.check(bucketUrn, {}, news);
  expect(inputs).toEqual({ ...full, password: secret("hunter2"), note: secret({ deep: ["x"] }) });
  const created = await provider.create(bucketUrn, inputs);
  expect(world.things.get("toy://b")).toMatchObject({ password: "hunter2", note: { deep: ["x"] } });
  expect(created.outs).toEqual({ ...outs, password: secret("hunter2"), note: secret({ deep: ["x"] }) });
  expect(await provider.diff("toy://b", bucketUrn, created.outs, inputs)).toEqual({ changes: false, replaces: [] });
  expect((await provider.read("toy://b", bucketUrn, created.outs)).props).toEqual(created.outs);
});

test("what exists and is not ready is an error that carries it, so that the engine keeps it", async () => {
  const { provider } = startCloud();
  const jammed = { target: "a", jams: true };
  const error: unknown = await provider.create(queueUrn, jammed).catch((caught: unknown) => caught);
  expect(error).toMatchObject({
    message: "it is jammed after 3 of 5 steps",
    stack: "it is jammed after 3 of 5 steps",
    id: "mq/queue:Queue a",
    properties: { ...jammed, cloud: "one" },
    reasons: ["it is jammed after 3 of 5 steps"],
  });
});

test("a type that the table does not have is refused with those that it has", async () => {
  const { provider } = startCloud();
  const ask = () => provider.check("urn:pulumi:dev::shop::toy:mq/topic:Topic::t", {}, {});
  await expect(ask()).rejects.toThrow("toy has no resource mq/topic:Topic; it has Bucket, mq/queue:Queue");
});

test("inputs and a state of an earlier version are no change, and every verb sees them as they are written now", async () => {
  const { provider, world } = startCloud();
  await provider.create(bucketUrn, full);
  const { content, ...rest } = full;
  const oldInputs = { ...rest, sha256: content };
  const { content: _, ...restOfOuts } = outs;
  const old = { ...restOfOuts, sha256: content };
  expect(await provider.check(bucketUrn, { ...oldInputs, sha256: "fixed" }, asked)).toMatchObject({
    failures: [{ reason: "content: seen one; allowed: fixed. Leave it." }],
  });
  expect(await provider.check(bucketUrn, oldInputs, asked)).toEqual({ inputs: full, failures: [] });
  expect(await provider.diff("toy://b", bucketUrn, old, full)).toEqual({ changes: false, replaces: [] });
  // A refresh compares the state with the inputs as they were.
  expect(await provider.diff("toy://b", bucketUrn, old, oldInputs)).toEqual({ changes: false, replaces: [] });
  expect(await provider.read("toy://b", bucketUrn, old)).toEqual({ id: "toy://b", props: outs });
  await provider.update("toy://b", bucketUrn, old, { ...full, content: "two" });
  await provider.delete("toy://b", bucketUrn, old);
  expect(world.done.slice(1)).toEqual(["read b: one", "update (was one) b: two", "delete b: one"]);
});

test("a record of an earlier version is read as it would be written now", async () => {
  const world = newWorld();
  const { content, ...rest } = full;
  const old = { ...rest, sha256: "fixed" };
  world.things.set("toy://b", { ...full, content: "fixed" });
  const records = new Map<string, ResourceRecord>([
    ["Bucket b", { inputs: old, state: { ...old, arn: "toy://b", key: "key of b" }, stack: "shop/dev" }],
  ]);
  const provider = cloudProvider(placeIn(world, recordsIn(records)));
  const renamed = bucketUrn.replace("mine", "renamed");
  expect((await provider.check(renamed, {}, { ...asked, content })).failures).toEqual([
    { property: "", reason: "content: seen one; allowed: fixed. Leave it." },
  ]);
  const fixed = { ...full, content: "fixed" };
  expect(await provider.read("b", bucketUrn)).toMatchObject({ inputs: fixed, props: { ...outs, ...fixed } });
});

test("with records, what one stack or resource has, another does not take or delete", async () => {
  const world = newWorld();
  const provider = cloudProvider(placeIn(world, recordsIn(new Map())));
  const first = await provider.create(bucketUrn, full);
  const ofAnother = bucketUrn.replace(":dev:", ":prod:");
  expect((await provider.check(ofAnother, {}, asked)).failures).toEqual([
    { property: "", reason: "b belongs to shop/dev" },
  ]);
  const second = await provider.create(bucketUrn.replace("mine", "renamed"), full);
  await provider.delete(first.id, bucketUrn, first.outs);
  expect(world.things.has("toy://b")).toBe(true);
  await provider.delete(second.id, bucketUrn, second.outs);
  expect(world.things.has("toy://b")).toBe(false);
});
