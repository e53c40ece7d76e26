import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repository, run } from "../support/project.ts";
import { houseWith, removeHouse, sharedFilesOf, toys } from "./toys.ts";

let root = "";
beforeAll(() => {
  root = houseWith(toys);
});
afterAll(() => removeHouse(root));

test.each(toys)("a $what touches its own folder and one file of the house", (toy) => {
  expect(sharedFilesOf(toy)).toHaveLength(1);
});

test("the house with a new tenant of each kind compiles", async () => {
  const tsc = path.join(repository, "node_modules/typescript/bin/tsc");
  expect(await run(process.execPath, [tsc, "--noEmit", "-p", root], root, process.env)).toEqual({
    code: 0,
    output: "",
  });
});

test("each new tenant is read, checked, described, loaded and used without another line", async () => {
  const script = path.join(repository, "test/house/use-toys.mjs");
  const { code, output } = await run(process.execPath, [script, root], root, process.env);
  expect({ code, said: JSON.parse(output) }).toEqual({
    code: 0,
    said: {
      resolved: [
        { kind: "toy", player: "anna" },
        { kind: "toy", text: "hello", content: "0".repeat(64) },
        { kind: "toy", shelf: "top" },
        { kind: "toy", note: "all is well" },
      ],
      problems: [
        {
          path: "model-lifecycle:release.platform.player",
          seen: "nothing",
          allowed:
            "lower-case letters, digits and hyphens, beginning with a letter, not ending with a hyphen, at most 20 characters",
          cure: 'Add player: "anna"',
        },
      ],
      schema: true,
      page: [true, true, true, true],
      planProblems: [],
      loaded: ["toy", "function", "function"],
      opened: "hello\n",
      guard: [
        [
          {
            metric: "toyRate",
            source: "requests",
            direction: "increase",
            margin: { kind: "absolute", value: 0.01 },
            designEffect: 1,
          },
        ],
        "rollback",
      ],
      rule: [["candidate-has-guard", "toys-are-small"], true],
    },
  });
});

test("a new verb is listed, completed and run", async () => {
  const mlc = (...args: readonly string[]) =>
    run(process.execPath, [path.join(root, "stacks/cli/mlc.ts"), ...args], root, process.env);
  const { output: help } = await mlc("--help");
  expect(help).toContain("play for a while");
  expect((await mlc("complete", "--", "to")).output).toContain("toy");
  const { code, output } = await mlc("toy", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(output.slice(output.indexOf("{")))).toEqual({ command: "toy", exitCode: 0, played: true });
});
