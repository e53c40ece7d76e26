import { describe, expect, test } from "vitest";
import { checkRelease, parseRelease, ReleaseError } from "../../components/release/index.ts";
import { badInputs } from "./bad-input.ts";
import { edited, exampleRelease } from "./example-release.ts";

test("the example that the cases spoil is valid", () => {
  expect(checkRelease(exampleRelease())).toEqual([]);
});

describe("one wrong field gives one problem", () => {
  test.each(badInputs)("$title", ({ edits, at, seen, allowed, cure }) => {
    const document = edits.reduce<unknown>((whole, [path, value]) => edited(whole, path, value), exampleRelease());
    expect(checkRelease(document)).toEqual([{ path: `model-lifecycle:release${at}`, seen, allowed, cure }]);
  });

  test("there are at least sixty of them, each with a title of its own", () => {
    expect(badInputs.length).toBeGreaterThanOrEqual(60);
    expect(new Set(badInputs.map(({ title }) => title)).size).toBe(badInputs.length);
  });
});

describe("one error", () => {
  test("many problems come in one error, in structure and between fields alike", () => {
    const document = {
      model: { name: "Sentiment", owner: "nlp-platform", riskTier: "lwo" },
      platform: { kind: "local", prot: "8080" },
      versions: { v1: { source: { kind: "path", path: "models/v1" } } },
      rollout: { stable: "v2", weight: 5, guards: [{ metric: "latency", margin: "5pp" }] },
      consumers: [{ name: "checkout", contact: "checkout-team@example.com", versions: ["v0"] }],
    };
    const error = caught(() => parseRelease(document));
    expect(error.problems.map(({ path }) => path.replace("model-lifecycle:release", ""))).toEqual([
      ".model.name",
      ".model.riskTier",
      ".platform.prot",
      ".versions.v1.source.sha256",
      ".rollout.weight",
      ".rollout.stable",
      ".rollout.guards[0].margin",
      ".consumers[0].versions[0]",
    ]);
  });

  test("its message has path, what was seen, what is allowed and what to do for each problem", () => {
    const error = caught(() => parseRelease(edited(exampleRelease(), ["rollout", "weight"], 5)));
    expect(error.message).toBe(
      [
        "The release document has 1 problem.",
        "",
        "  model-lifecycle:release.rollout.weight",
        "    seen:    5 (a number)",
        '    allowed: "shadow", or a share from "0%" to "100%", at most two decimals and a per cent sign',
        '    do this: Write, in quotes: weight: "5%"',
        "",
      ].join("\n"),
    );
  });

  test("problems of a document in a fleet name its place", () => {
    const [problem] = checkRelease(edited(exampleRelease(), ["model", "owner"], ""), {
      path: "model-lifecycle:releases[3]",
    });
    expect(problem?.path).toBe("model-lifecycle:releases[3].model.owner");
  });

  test("the content of a secret never shows", () => {
    const document = edited(exampleRelease(), ["consumers", 0, "contact"], { secure: "v1:c2VjcmV0" });
    expect(caught(() => parseRelease(document)).message).not.toContain("c2VjcmV0");
  });

  test("a document that contains itself is refused instead of followed", () => {
    const document = exampleRelease();
    document.model = document;
    const [problem] = checkRelease(document);
    expect(problem).toMatchObject({ path: "model-lifecycle:release.model", seen: "an object that contains itself" });
  });
});

function caught(parse: () => unknown): ReleaseError {
  try {
    parse();
  } catch (error) {
    if (error instanceof ReleaseError) return error;
    throw error;
  }
  throw new Error("the document was accepted");
}
