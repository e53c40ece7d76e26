import { describe, expect, test } from "vitest";
import {
  abort,
  advance,
  archive,
  deprecate,
  type MoveResult,
  nextStep,
  promote,
  reinstate,
  retire,
  rollback,
  rollbackTo,
  setSteps,
  start,
} from "../../components/lifecycle/index.ts";
import {
  type Percent,
  type Problem,
  parseRelease,
  type Release,
  type RetirementDocument,
  type RolloutDocument,
} from "../../components/release/index.ts";
import { exampleRelease } from "../release/example-release.ts";

function release(rollout: Partial<RolloutDocument> = {}, other: Partial<Release> = {}): Release {
  const { retirement: _retirement, consumers: _consumers, ...document } = exampleRelease();
  return { ...(document as unknown as Release), rollout: { stable: "v1", ...rollout }, ...other };
}

function moved(result: MoveResult): Release {
  if ("problems" in result) throw new Error(JSON.stringify(result.problems));
  return result.release;
}

function refused(result: MoveResult): readonly Problem[] {
  if ("release" in result) throw new Error(`was not refused: ${JSON.stringify(result.release)}`);
  return result.problems.map((problem) => ({ ...problem, path: problem.path.replace("model-lifecycle:release.", "") }));
}

const now = new Date("2026-11-25T00:00:00Z");

const running = release({ candidate: "v2", weight: "25%", attempt: "2" });
const sunset = "2027-05-31T00:00:00Z";
const notice = (phase: RetirementDocument["phase"]): RetirementDocument => ({ phase, sunset, successor: "v1" });
const leaving = (phase: RetirementDocument["phase"], rollout: Partial<RolloutDocument> = {}): Release =>
  release(rollout, { retirement: { v3: notice(phase) } });
const afterSunset = new Date("2027-05-31T00:00:00Z");

describe("start", () => {
  test("puts a candidate on trial, with the whole traffic as its target", () => {
    expect(start(release(), { candidate: "v2" })).toEqual({
      release: release({ candidate: "v2", weight: "100%" }),
      reasons: ["v2 goes on trial beside v1 and may take up to 100%."],
    });
  });

  test("writes weight and attempt when they are given", () => {
    expect(moved(start(release(), { candidate: "v2", weight: "shadow", attempt: "2" }))).toEqual(
      release({ candidate: "v2", weight: "shadow", attempt: "2" }),
    );
  });

  test("is refused while another rollout runs", () => {
    expect(refused(start(running, { candidate: "v3" }))).toEqual([
      {
        path: "rollout.candidate",
        seen: '"v2", whose rollout runs',
        allowed: "one rollout at a time",
        cure: "End it first: mlc promote or mlc abort",
      },
    ]);
  });

  test("is refused for an unknown version, for stable, for one on its way out and for a weight that is none", () => {
    const paths = [
      start(release(), { candidate: "v7" }),
      start(release(), { candidate: "v1" }),
      start(leaving("deprecated"), { candidate: "v3" }),
      start(release(), { candidate: "v2", weight: "300%" }),
    ].map((result) => refused(result).map(({ path }) => path));
    expect(paths).toEqual([["rollout.candidate"], ["rollout.candidate"], ["rollout.candidate"], ["rollout.weight"]]);
  });

  test("keeps the way back of the last promotion", () => {
    expect(moved(start(release({ previous: "v3" }), { candidate: "v2" })).rollout.previous).toBe("v3");
  });
});

describe("advance", () => {
  const manual = (weight: Percent | "shadow") =>
    release({ candidate: "v2", weight, advance: "manual", steps: ["shadow", "5%", "50%"] });

  test("by hand goes to the next of the steps", () => {
    expect(moved(advance(manual("0%"))).rollout.weight).toBe("shadow");
    expect(moved(advance(manual("shadow"))).rollout.weight).toBe("5%");
    expect(moved(advance(manual("7.5%"))).rollout.weight).toBe("50%");
    expect(advance(manual("5%"))).toEqual({ release: manual("50%"), reasons: ["v2 goes from 5% to 50%."] });
  });

  test("takes a share that is given instead", () => {
    expect(moved(advance(manual("5%"), { weight: "12.5%" })).rollout.weight).toBe("12.5%");
  });

  test("raises the ceiling of a rollout that climbs by itself", () => {
    expect(advance(running, { weight: "100%" })).toEqual({
      release: release({ candidate: "v2", weight: "100%", attempt: "2" }),
      reasons: ["v2 may climb from 25% to 100%."],
    });
  });

  test("is refused at the last step", () => {
    expect(refused(advance(manual("50%")))).toEqual([
      {
        path: "rollout.weight",
        seen: '"50%", the last step',
        allowed: "a step to go to",
        cure: "Finish the rollout: mlc promote",
      },
    ]);
  });

  test("only goes up", () => {
    const problem = {
      path: "rollout.weight",
      allowed: 'more than "25%", up to "100%"',
      cure: "Name a higher share, or end the rollout: mlc abort",
    };
    expect(refused(advance(running, { weight: "25%" }))).toEqual([{ ...problem, seen: '"25%" after "25%"' }]);
    expect(refused(advance(running, { weight: "shadow" }))).toEqual([{ ...problem, seen: '"shadow" after "25%"' }]);
  });

  test("is refused without a rollout and with a share that is none", () => {
    expect(refused(advance(release())).map(({ path }) => path)).toEqual(["rollout.candidate"]);
    expect(refused(advance(running, { weight: "half" as Percent })).map(({ seen }) => seen)).toEqual(['"half"']);
  });

  test("knows the next step of a release", () => {
    expect(nextStep(parseRelease(running))).toEqual({ kind: "weight", weight: 5000 });
    expect(nextStep(parseRelease(release()))).toBeUndefined();
  });
});

describe("setSteps", () => {
  test("writes steps and bake, and keeps copies before them", () => {
    const steps: readonly Percent[] = ["2%", "10%", "100%"];
    expect(setSteps(release({ steps: ["shadow", "5%", "100%"] }), { steps, bake: "5 minutes" })).toEqual({
      release: release({ steps: ["shadow", ...steps], bake: "5 minutes" }),
      reasons: ["A candidate climbs shadow → 2% → 10% → 100% and stays on each for 5 minutes at least."],
    });
  });

  test("says that a version on trial is judged anew", () => {
    const result = setSteps(running, { steps: ["50%", "100%"], bake: "1 minute" });
    expect("reasons" in result && result.reasons[1]).toBe("v2 is on trial: what it has shown so far is judged anew.");
  });

  test("is refused for steps that do not rise, and for a bake longer than the longest time", () => {
    expect(refused(setSteps(release(), { steps: ["50%", "5%"], bake: "2 days" })).map(({ path }) => path)).toEqual([
      "rollout.steps[1]",
      "rollout.maxDuration",
    ]);
  });
});

describe("promote", () => {
  test("of what has not proven itself writes the reason into the document, and the next change takes it away", () => {
    const overridden = moved(promote(running, { override: "hotfix of ticket 4711" }));
    expect(overridden.rollout).toEqual({
      stable: "v2",
      previous: "v1",
      override: { stable: "v2", reason: "hotfix of ticket 4711" },
    });
    expect(rollback(overridden).release.rollout).toEqual({ stable: "v1" });
    const next = { ...overridden, rollout: { ...overridden.rollout, candidate: "v3", weight: "100%" } } as Release;
    expect(moved(promote(next)).rollout).toEqual({ stable: "v3", previous: "v2" });
  });

  test("makes the candidate stable and keeps what was stable as the way back", () => {
    expect(promote(running)).toEqual({
      release: release({ stable: "v2", previous: "v1" }),
      reasons: ["v2 becomes stable; v1 stays warm as the way back."],
    });
  });

  test("says when an earlier way back is given up", () => {
    expect(promote(release({ previous: "v3", candidate: "v2", weight: "100%" }))).toMatchObject({
      reasons: ["v2 becomes stable; v1 stays warm as the way back.", "v3 is no longer the way back."],
    });
  });

  test("is refused without a rollout", () => {
    expect(refused(promote(release())).map(({ cure }) => cure)).toEqual(["Start one: mlc start VERSION"]);
  });
});

describe("abort and rollback", () => {
  test("abort takes the candidate out and says who answers", () => {
    expect(abort(running)).toEqual({
      release: release(),
      reasons: ["v2 gets no traffic and stays deployed; v1 answers everything."],
    });
  });

  test("abort without a rollout changes nothing and says so", () => {
    expect(abort(release())).toEqual({
      release: release(),
      reasons: ["No rollout runs: nothing to abort. v1 answers everything."],
    });
  });

  test("rollback ends a running rollout and leaves the way back alone", () => {
    expect(rollback(release({ previous: "v3", candidate: "v2", weight: "5%" })).release).toEqual(
      release({ previous: "v3" }),
    );
  });

  test("rollback after a promotion makes the previous version stable again", () => {
    expect(rollback(release({ stable: "v2", previous: "v1" }))).toEqual({
      release: release(),
      reasons: ["v1 is stable again; v2 gets no traffic and stays deployed."],
    });
  });

  test("rollback with nowhere to go changes nothing and says so", () => {
    expect(rollback(release())).toEqual({
      release: release(),
      reasons: ["No rollout runs and no previous version is kept: v1 stays stable."],
    });
  });

  test("rollback to a version on its way out takes its notice back", () => {
    const retirement = { v3: notice("archived") };
    expect(rollback(release({ previous: "v3" }, { retirement }))).toEqual({
      release: release({ stable: "v3" }),
      reasons: [
        "v3 is stable again; v1 gets no traffic and stays deployed.",
        "v3 was archived; it serves again, so its notice is withdrawn.",
      ],
    });
  });

  test("a second rollback finds what the data plane serves already and changes nothing", () => {
    const once = rollback(release({ stable: "v1", previous: "v3", candidate: "v2", weight: "5%" }), { serving: "v1" });
    expect(once.release).toEqual(release({ previous: "v3" }));
    expect(rollback(once.release, { serving: "v1" })).toEqual({
      release: release({ previous: "v3" }),
      reasons: ["v1 serves already: nothing to do."],
    });
  });

  test("a second rollback after a promotion changes nothing either", () => {
    const once = rollback(release({ stable: "v2", previous: "v1" }), { serving: "v1" });
    expect(once.release).toEqual(release());
    expect(rollback(once.release, { serving: "v1" }).release).toEqual(release());
  });

  test("a version that the document does not know is no place to go back to", () => {
    expect(rollback(release({ stable: "v2", previous: "v1" }), { serving: "v9" }).release).toEqual(release());
  });

  test("further back goes by name, with all that was said of the other version gone", () => {
    const override = { stable: "v2", reason: "hotfix" };
    const document = release({ stable: "v2", override, previous: "v1", candidate: "v1", weight: "5%" });
    expect(rollbackTo(document, "v3")).toEqual({
      release: release({ stable: "v3" }),
      reasons: ["v3 is stable again; v2 gets no traffic and stays deployed.", "v1 gets no traffic and stays deployed."],
    });
    expect(refused(rollbackTo(document, "v7"))).toEqual([
      {
        path: "rollout.stable",
        seen: '"v7", which is not in versions',
        allowed: "one of v1, v2, v3",
        cure: "Name one of these.",
      },
    ]);
  });

  test("neither asks whether the rest of the document is valid", () => {
    const broken = { ...running, model: { name: "Not A Label" } } as unknown as Release;
    expect(abort(broken).release.rollout).toEqual({ stable: "v1" });
    expect(rollback(broken).release.rollout).toEqual({ stable: "v1" });
  });
});

describe("the way out of a version", () => {
  test.each([
    ["in the past", "2026-11-24T00:00:00Z"],
    ["nearer than the model's notice", "2026-12-01T23:59:59Z"],
  ])("a sunset %s is no notice", (_how, near) => {
    expect(refused(deprecate(release(), { version: "v3", sunset: near, now }))).toEqual([
      {
        path: "retirement.v3.sunset",
        seen: `"${near}"`,
        allowed: '"2026-12-02T00:00:00Z" or later: the least notice of this model is 7 days',
        cure: "Name a later sunset, or have a shorter model.notice reviewed.",
      },
    ]);
  });

  test("a shorter notice is given where the document names it", () => {
    const document = release();
    const shorter = { ...document, model: { ...document.model, notice: "2 seconds" } } as Release;
    const soon = "2026-11-25T00:00:02Z";
    expect(moved(deprecate(shorter, { version: "v3", sunset: soon, now })).retirement?.v3?.sunset).toBe(soon);
  });

  test("deprecate gives notice, with stable as the successor unless another is named", () => {
    expect(deprecate(release(), { version: "v3", sunset, now })).toEqual({
      release: leaving("deprecated"),
      reasons: [`v3 is deprecated: callers are told to use v1 by ${sunset}.`],
    });
    expect(moved(deprecate(release(), { version: "v3", sunset, successor: "v2", now })).retirement?.v3?.successor).toBe(
      "v2",
    );
  });

  test("deprecate again changes the notice", () => {
    const later = "2028-01-01T00:00:00Z";
    expect(deprecate(leaving("deprecated"), { version: "v3", sunset: later, now })).toMatchObject({
      release: { retirement: { v3: { phase: "deprecated", sunset: later } } },
      reasons: [`v3 keeps its notice: callers are told to use v1 by ${later}.`],
    });
  });

  test("deprecate of a successor sends those who relied on it on to the next", () => {
    const document = release({}, { retirement: { v3: { phase: "archived", sunset, successor: "v2" } } });
    expect(deprecate(document, { version: "v2", sunset, now })).toMatchObject({
      release: { retirement: { v3: { successor: "v1" }, v2: { successor: "v1" } } },
      reasons: [
        `v2 is deprecated: callers are told to use v1 by ${sunset}.`,
        "v3 named v2 as its successor and now names v1.",
      ],
    });
  });

  test("deprecate is refused for stable, the candidate, an unknown version, a bad date and a version further on", () => {
    const cures = [
      deprecate(release(), { version: "v1", sunset, now }),
      deprecate(running, { version: "v2", sunset, now }),
      deprecate(release(), { version: "v7", sunset, now }),
      deprecate(release(), { version: "v3", sunset: "2027-05-31", now }),
      deprecate(leaving("archived"), { version: "v3", sunset, now }),
    ].map((result) => refused(result).map(({ path, cure }) => `${path}: ${cure}`));
    expect(cures).toEqual([
      ["retirement.v1: Promote another version first."],
      ["retirement.v2: End the rollout first: mlc abort"],
      ["retirement.v7: Add v7 to versions, or remove it here."],
      ['retirement.v3.sunset: Write: sunset: "2027-05-31T00:00:00Z"'],
      ["retirement.v3.phase: Take it back first: mlc reinstate v3"],
    ]);
  });

  test("archive follows deprecate, and nothing else", () => {
    expect(archive(leaving("deprecated"), { version: "v3" })).toEqual({
      release: leaving("archived"),
      reasons: ["A copy of v3 is kept, its hashes verified; it answers until it is retired."],
    });
    const cures = [release(), leaving("archived"), leaving("retired")].map((document) =>
      refused(archive(document, { version: "v3" })).map(({ cure }) => cure),
    );
    expect(cures).toEqual([
      ["Give notice first: mlc deprecate v3"],
      ["It is archived already: nothing to do."],
      ["It is retired already: nothing to do."],
    ]);
  });

  test("retire switches an archived version off from its sunset on", () => {
    expect(retire(leaving("archived"), { version: "v3", now: afterSunset })).toEqual({
      release: leaving("retired"),
      reasons: ["v3 is no longer deployed; callers get 410 and the name of v1."],
    });
  });

  test("retire gives up the way back when that is the version, and says so", () => {
    expect(retire(leaving("archived", { previous: "v3" }), { version: "v3", now: afterSunset })).toEqual({
      release: leaving("retired"),
      reasons: [
        "v3 is no longer deployed; callers get 410 and the name of v1.",
        "v3 was the way back from v1: a rollback has nowhere to go now.",
      ],
    });
  });

  test("retire is refused before the sunset and while consumers list the version, all in one answer", () => {
    const consumers = [
      { name: "checkout", contact: "checkout-team@example.com", versions: ["v1", "v3"] },
      { name: "search", contact: "#search", versions: ["v1"] },
      { name: "mail", contact: "#mail", versions: ["v3"] },
    ];
    const now = new Date("2027-05-30T23:59:59.999Z");
    expect(refused(retire({ ...leaving("archived"), consumers }, { version: "v3", now }))).toEqual([
      {
        path: "consumers[0].versions",
        seen: "checkout still uses v3",
        allowed: "versions without v3",
        cure: "Ask checkout-team@example.com to move to v1, then take v3 off the list.",
      },
      {
        path: "consumers[2].versions",
        seen: "mail still uses v3",
        allowed: "versions without v3",
        cure: "Ask #mail to move to v1, then take v3 off the list.",
      },
      {
        path: "retirement.v3.sunset",
        seen: '"2027-05-31T00:00:00Z", which is not over at 2027-05-30T23:59:59.999Z',
        allowed: "a sunset in the past",
        cure: "Wait for the sunset, or bring it forward: mlc reinstate v3, mlc deprecate v3",
      },
    ]);
  });

  test("retire follows archive, and nothing else", () => {
    const cures = [release(), leaving("deprecated"), leaving("retired")].map((document) =>
      refused(retire(document, { version: "v3", now: afterSunset })).map(({ cure }) => cure),
    );
    expect(cures).toEqual([
      ["Give notice first: mlc deprecate v3"],
      ["Archive it first: mlc archive v3"],
      ["It is retired already: nothing to do."],
    ]);
  });

  test.each(["deprecated", "archived", "retired"] as const)("reinstate takes a %s version back", (phase) => {
    expect(reinstate(leaving(phase), { version: "v3" })).toEqual({
      release: release(),
      reasons: [`v3 was ${phase}; its notice is withdrawn and it is deployed like any other version.`],
    });
  });

  test("reinstate is refused for a version without a notice, and for one whose entry is gone", () => {
    const { v3: _gone, ...versions } = release().versions;
    const problems = [
      reinstate(release(), { version: "constructor" }),
      reinstate({ ...leaving("retired"), versions }, { version: "v3" }),
    ].map((result) => refused(result).map(({ path, cure }) => `${path}: ${cure}`));
    expect(problems).toEqual([
      ["retirement.constructor: Nothing to take back."],
      ["versions.v3: Add v3 to versions first."],
    ]);
  });
});

test("every move but abort and rollback starts from a valid document", () => {
  const broken = { ...running, model: { name: "Not A Label" } } as unknown as Release;
  const results = [
    start(broken, { candidate: "v2" }),
    advance(broken),
    promote(broken),
    deprecate(broken, { version: "v3", sunset, now }),
    archive(broken, { version: "v3" }),
    retire(broken, { version: "v3", now: afterSunset }),
    reinstate(broken, { version: "v3" }),
  ];
  for (const result of results) {
    expect(refused(result).map(({ path }) => path)).toEqual(["model.name", "model.owner", "model.riskTier"]);
  }
});
