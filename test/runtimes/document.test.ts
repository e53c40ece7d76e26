import { describe, expect, test } from "vitest";
import { checkRelease, parseRelease, planTraffic } from "./release-of-command.ts";

describe("a command", () => {
  test("has its defaults filled in and its units as numbers", () => {
    expect(parseRelease({ command: ["serve", "{port}"] }).versions.v1?.serve).toEqual({
      kind: "command",
      command: ["serve", "{port}"],
      env: {},
      directory: "content",
      protocol: "predict",
      path: "/predict",
      label: "/label",
      score: "/score",
      inputs: [],
      tensor: "input-0",
      labels: [],
      startTimeoutMs: 60_000,
      keepAliveMs: 4_000,
      concurrency: 64,
      stop: { signal: "SIGTERM", to: "group", withinMs: 5_000 },
    });
    expect(
      parseRelease({
        command: ["serve", "{socket}"],
        protocol: "invocations",
        memory: "2 GiB",
        startTimeout: "2 minutes",
      }).versions.v1?.serve,
    ).toMatchObject({
      path: "/invocations",
      label: "/predictions/0",
      memoryBytes: 2 * 1024 ** 3,
      startTimeoutMs: 120_000,
    });
  });

  test("behind the same files is another content when it changes", () => {
    const contentOf = (command: readonly string[]) => planTraffic({ command }).versions.v1?.content;
    expect(contentOf(["serve", "{port}"])).toBe(contentOf(["serve", "{port}"]));
    expect(contentOf(["serve", "{port}"])).not.toBe(contentOf(["serve", "--debug", "{port}"]));
  });
});

describe("a command that cannot be", () => {
  test.each([
    [
      { command: ["serve"] },
      "command",
      "neither {port} nor {socket}, here or in env",
      "one address that the server is told to listen on",
      'Tell the server its address, for example "--port", "{port}".',
    ],
    [
      { command: ["serve", "{port}", "{socket}"] },
      "command",
      "both {port} and {socket}",
      "one address that the server is told to listen on",
      'Tell the server its address, for example "--port", "{port}".',
    ],
    [
      { command: ["serve", "{prot}"] },
      "command[1]",
      "{prot}",
      "one of {port}, {socket}, {content}, {scratch}, {model}, {version}, {instance}, {port:name}",
      "Did you mean {port}?",
    ],
    [
      { command: ["serve", "{port}"], rows: "/rows", protocol: "invocations", inputs: ["a"] },
      "rows",
      "rows beside protocol invocations",
      "rows beside protocol predict only",
      "Remove rows.",
    ],
    [
      { command: ["serve", "{port}"], rows: "/rows" },
      "inputs",
      "nothing",
      "the names of the features in the order of the server's columns",
      'Add inputs: ["…"].',
    ],
    [
      { command: ["serve", "{port}"], tensor: "x" },
      "tensor",
      "tensor beside protocol predict",
      "tensor beside protocol open-inference only",
      "Remove tensor.",
    ],
    [
      { command: ["serve", "{port}"], sample: "[1]" },
      "sample",
      '"[1]"',
      "a body of /predict: a JSON object",
      `Write it as JSON in quotes: sample: '{"features": {"age": 31}}'.`,
    ],
    [
      { command: "serve {port}" },
      "command",
      '"serve {port}"',
      "a list of 1 to 64 words; no shell reads them",
      'Write, for example: command: ["python3", "serve.py", "--port", "{port}"]',
    ],
    [
      { command: ["serve", "{port}"], memory: "2GB" },
      "memory",
      '"2GB"',
      "a whole number from 1 to 999999, a space and a unit: MiB or GiB",
      'Write, for example: memory: "2 GiB"',
    ],
    [
      { command: ["serve", "{port}"], startTimeout: "1 hours" },
      "startTimeout",
      '"1 hours"',
      'a duration from "1 ms" to "30 minutes"',
      'Write, for example: startTimeout: "2 minutes"',
    ],
    [
      { command: ["serve", "{port}"], python: { version: "3", lock: "l" } },
      "python.version",
      '"3"',
      'a version of Python with two parts, such as "3.12"',
      'Write, for example: version: "3.12"',
    ],
  ])("%j", (serve, at, seen, allowed, cure) => {
    expect(checkRelease(serve)).toEqual([
      { path: `model-lifecycle:release.versions.v1.serve.${at}`, seen, allowed, cure },
    ]);
  });
});
