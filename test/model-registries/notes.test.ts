import { describe, expect, test } from "vitest";
import { lookup } from "../../components/model-registries/mlflow/provider/lookup.ts";
import { type NotesInputs, type NotesState, notes } from "../../components/model-registries/mlflow/provider/notes.ts";
import { startTrackingServer, type TrackingStandIn } from "../sources/stand-ins/tracking-server.ts";

// What is asked and told, against the stand-in for a tracking server; test/servers/model-registry.test.ts has the real one.

const idOf = (number: number) => `m-${String(number).padStart(32, "0")}`;

async function stage(): Promise<{
  readonly tracking: TrackingStandIn;
  readonly place: { server: string; model: string };
}> {
  const tracking = await startTrackingServer();
  for (const number of [1, 2, 3]) tracking.versions.set(`sentiment/${number}`, { source: `models:/${idOf(number)}` });
  return { tracking, place: { server: tracking.server.origin, model: "sentiment" } };
}

const prefix = "model-lifecycle/shop/prod/";
const at = "2027-01-01T00:00:00Z";
const later = "2027-02-01T00:00:00Z";

const inputsOf = (place: { server: string; model: string }, more: Partial<NotesInputs> = {}): NotesInputs => ({
  ...place,
  stack: "shop/prod",
  endpoint: "http://127.0.0.1:8080",
  evidence: { v1: "https://reports.example.com/v1" },
  numbers: { v1: "1", v2: "2" },
  roles: { v1: "stable", v2: "candidate" },
  aliases: { champion: "v1", challenger: "v2" },
  ...more,
});

const promoted = { roles: { v1: "previous", v2: "stable" }, aliases: { champion: "v2" } } as const;

/** All that a registry says of its model. */
const saidBy = ({ aliases, tags }: TrackingStandIn) => ({
  aliases: Object.fromEntries(aliases),
  tags: Object.fromEntries([...tags].map(([version, each]) => [version, Object.fromEntries(each)])),
});

const write = (inputs: NotesInputs, before?: NotesState, now = at) => notes(() => now).create({}, inputs, before);

const afterPromotion = {
  aliases: { "sentiment@champion": "2" },
  tags: {
    "sentiment/1": {
      [`${prefix}version`]: "v1",
      [`${prefix}role`]: "previous",
      [`${prefix}rollout`]: "superseded",
      [`${prefix}endpoint`]: "http://127.0.0.1:8080",
      [`${prefix}evidence`]: "https://reports.example.com/v1",
      [`${prefix}since`]: later,
    },
    "sentiment/2": {
      [`${prefix}version`]: "v2",
      [`${prefix}role`]: "stable",
      [`${prefix}rollout`]: "promoted",
      [`${prefix}endpoint`]: "http://127.0.0.1:8080",
      [`${prefix}since`]: later,
    },
  },
};

describe("what a registry is told", () => {
  test("stable and the candidate have aliases, and each version its tags; what others wrote stays", async () => {
    const { tracking, place } = await stage();
    tracking.aliases.set("sentiment@best", "3");
    tracking.tags.set("sentiment/1", new Map([["trained-by", "anna"]]));
    const state = await write(inputsOf(place));
    expect(state.trouble).toBe("");
    expect(saidBy(tracking).aliases).toEqual({
      "sentiment@best": "3",
      "sentiment@champion": "1",
      "sentiment@challenger": "2",
    });
    expect(saidBy(tracking).tags["sentiment/1"]).toEqual({
      "trained-by": "anna",
      [`${prefix}version`]: "v1",
      [`${prefix}role`]: "stable",
      [`${prefix}endpoint`]: "http://127.0.0.1:8080",
      [`${prefix}evidence`]: "https://reports.example.com/v1",
      [`${prefix}since`]: at,
    });
    expect(saidBy(tracking).tags["sentiment/2"]).toMatchObject({ [`${prefix}rollout`]: "running" });
  });

  test("a promotion gives one alias on and takes the other back; telling it twice tells nothing new", async () => {
    const { tracking, place } = await stage();
    const before = await write(inputsOf(place));
    const state = await write(inputsOf(place, promoted), before, later);
    expect(saidBy(tracking)).toEqual(afterPromotion);
    const asked = tracking.server.asked.length;
    await write(inputsOf(place, promoted), state, "2027-03-01T00:00:00Z");
    expect(tracking.server.asked.slice(asked).map(({ method }) => method)).toEqual(["GET", "GET"]);
  });

  test("wherever a registry breaks off, it is no error, and the next run says all of it", async () => {
    for (let answers = 0; ; answers++) {
      const { tracking, place } = await stage();
      const before = await write(inputsOf(place));
      tracking.answersLeft = answers;
      const cut = await write(inputsOf(place, promoted), before, later);
      const left = tracking.answersLeft;
      delete tracking.answersLeft;
      const isWhole = cut.trouble === "";
      expect(notes(() => at).stands?.({}, cut)).toBe(isWhole);
      const state = await write(inputsOf(place, promoted), cut, later);
      expect(state.trouble).toBe("");
      expect(saidBy(tracking), `after ${answers} answers`).toEqual(afterPromotion);
      if (isWhole && left > 0) break;
    }
  });

  test("a version that leaves the release is told so once, also when the registry was away then", async () => {
    const { tracking, place } = await stage();
    const before = await write(inputsOf(place));
    tracking.answersLeft = 0;
    const gone = inputsOf(place, { numbers: { v1: "1" }, roles: { v1: "stable" }, aliases: { champion: "v1" } });
    const cut = await write(gone, before, later);
    expect(cut.trouble).toBe(
      `modelRegistry: ${place.server}/api/2.0/mlflow/registered-models/get answers 503; allowed: a tracking server that takes notes on sentiment. Run pulumi up again when it answers, or take modelRegistry out, which leaves the registry as it is.`,
    );
    delete tracking.answersLeft;
    await write(gone, cut, later);
    expect(saidBy(tracking).aliases).toEqual({ "sentiment@champion": "1" });
    expect(saidBy(tracking).tags["sentiment/2"]).toMatchObject({
      [`${prefix}role`]: "removed",
      [`${prefix}rollout`]: "ended",
      [`${prefix}since`]: later,
    });
  });

  test("an alias that somebody else moved is drift; one that is ours no more stays where they put it", async () => {
    const { tracking, place } = await stage();
    const state = await write(inputsOf(place));
    const kind = notes(() => later);
    expect(kind.stands?.({}, (await kind.read({}, state)) as NotesState)).toBe(true);
    tracking.aliases.set("sentiment@champion", "3").set("sentiment@challenger", "3");
    const seen = (await kind.read({}, state)) as NotesState;
    expect(seen.found.aliases).toEqual({ champion: "3", challenger: "3" });
    expect(kind.stands?.({}, seen)).toBe(false);
    await write(inputsOf(place, promoted), seen, later);
    expect(saidBy(tracking).aliases).toEqual({ "sentiment@champion": "2", "sentiment@challenger": "3" });
  });

  test("taken out of the program, it leaves the registry as it is", async () => {
    const { tracking, place } = await stage();
    const state = await write(inputsOf(place));
    const said = saidBy(tracking);
    await notes(() => later).delete({}, state);
    expect(saidBy(tracking)).toEqual(said);
  });

  test("a refused login says which, and does not show it", async () => {
    const { tracking, place } = await stage();
    tracking.login = "Bearer right";
    const { trouble } = await write(inputsOf(place, { token: "wrong" }));
    expect(trouble).toContain(
      `answers 401; allowed: a tracking server that takes notes on sentiment. Log in as who may edit the registered model: set MLFLOW_TRACKING_URI=${place.server}`,
    );
    expect(trouble).not.toContain("wrong");
    expect((await write(inputsOf(place, { token: "right" }))).trouble).toBe("");
  });
});

describe("which registered version is meant", () => {
  const versions = { v1: { modelId: idOf(1) }, v2: { number: "2" } };

  test("is found by the model's id, among any number of versions; registered twice it is the later", async () => {
    const { tracking, place } = await stage();
    for (let number = 4; number < 250; number++) tracking.versions.set(`sentiment/${number}`, { source: "models:/x" });
    tracking.versions.set("sentiment/250", { source: `models:/${idOf(1)}` });
    expect(await lookup.complete?.({}, { ...place, versions, needed: ["v1"] }, undefined)).toMatchObject({
      numbers: { v1: "250", v2: "2" },
    });
  });

  test("is asked once: what is known already needs no registry", async () => {
    const { tracking, place } = await stage();
    const known = { ...place, versions, needed: ["v1"], numbers: { v1: "1", v2: "2" } };
    await tracking.server.stop();
    expect(await lookup.complete?.({}, { ...place, versions, needed: ["v2"] }, known)).toEqual({
      ...known,
      needed: ["v2"],
    });
  });

  test("is an error where the registry does not have it, for all of them at once", async () => {
    const { place } = await stage();
    const asked = { v1: { modelId: idOf(9) }, v2: { number: "77" } };
    await expect(async () =>
      lookup.complete?.({}, { ...place, versions: asked, needed: [] }, undefined),
    ).rejects.toThrow(
      [
        `modelRegistry: v1: seen no ${idOf(9)} among the versions of sentiment at ${place.server}; allowed: one that is registered there. Register it, or write the number that it has: modelRegistry: { registered: { v1: "7" } }.`,
        `modelRegistry: v2: seen no version 77 among the versions of sentiment at ${place.server}; allowed: one that is registered there. Register it, or write the number that it has: modelRegistry: { registered: { v2: "7" } }.`,
      ].join("\n"),
    );
  });

  test("stops a deployment when the registry is away and an alias waits for it; else it waits as well", async () => {
    const { tracking, place } = await stage();
    await tracking.server.stop();
    const asked = { ...place, versions };
    await expect(async () => lookup.complete?.({}, { ...asked, needed: ["v2"] }, undefined)).rejects.toThrow(
      `modelRegistry: ${place.server} does not answer: `,
    );
    expect(await lookup.complete?.({}, { ...asked, needed: [] }, undefined)).toEqual({
      ...asked,
      needed: [],
      numbers: {},
    });
  });
});
