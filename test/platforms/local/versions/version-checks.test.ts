import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { folderAt } from "../../../../components/platforms/local/state-folder/folder.ts";
import { askGolden } from "../../../../components/platforms/local/versions/ask-golden.ts";
import {
  failuresOf as failuresOfReplies,
  type VersionChecks,
} from "../../../../components/platforms/local/versions/golden-failures.ts";
import { checkVersion } from "../../../../components/platforms/local/versions/version-checks.ts";
import { linearManifest, linearWeights, treesManifest, treesWeights, writeModel } from "../../../models/models.ts";
import { startServer } from "../server/server-process.ts";

// Golden requests are asked in every form that clients use, of real servers and of ones that answer as no server should.

let state: string;
beforeEach(() => {
  state = mkdtempSync(path.join(tmpdir(), "mlc-checks-"));
  mkdirSync(path.join(state, "servers"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(state, { recursive: true, force: true });
});

interface Line {
  readonly input: object;
  readonly expect?: object;
  readonly label?: string;
}

const golden = (...lines: readonly Line[]) =>
  writeFileSync(path.join(state, "golden.jsonl"), lines.map((line) => JSON.stringify(line)).join("\n"));

/** What the check of the server at `tiny.sock` says, without its first line. */
async function failuresOf(checks: VersionChecks = {}, root = state): Promise<readonly string[]> {
  const checked = { model: "tiny", version: "v7", checks: { golden: "golden.jsonl", ...checks }, projectDir: state };
  try {
    await checkVersion(folderAt(root), "servers/tiny.sock", checked);
    return [];
  } catch (error) {
    const [first, ...others] = (error instanceof Error ? error.message : String(error)).split("\n");
    expect(first).toBe("version v7 fails its checks and is not routed:");
    return others.map((line) => line.trim());
  }
}

type Answers = Readonly<
  Record<string, (body: string) => readonly [status: number, body: string] | "end" | "endless" | "never">
>;

const metadata = {
  inputs: [{ name: "text", datatype: "BYTES" }],
  outputs: [
    { name: "label", datatype: "BYTES" },
    { name: "score", datatype: "FP64" },
  ],
};
const predicted = { model: "tiny", version: "v7", label: "positive", score: 0.75 };
const inferred = (label: string, score: number) =>
  JSON.stringify({
    ...{ model_name: "tiny", model_version: "v7" },
    outputs: [
      { name: "label", datatype: "BYTES", shape: [1], data: [label] },
      { name: "score", datatype: "FP64", shape: [1], data: [score] },
    ],
  });
const usual: Answers = {
  "/predict": () => [200, JSON.stringify(predicted)],
  "/v2/models/tiny": () => [200, JSON.stringify(metadata)],
  "/v2/models/tiny/infer": () => [200, inferred("positive", 0.75)],
};

/** A server that answers as told, at `tiny.sock`. */
async function serve(change: Answers, socket = path.join(state, "servers/tiny.sock")): Promise<AsyncDisposable> {
  const answers = { ...usual, ...change };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const answer = answers[request.url ?? ""]?.(Buffer.concat(chunks).toString()) ?? ([404, "{}"] as const);
    if (answer === "end") request.socket.destroy();
    else if (answer === "endless") {
      const more = () => {
        while (!response.destroyed && response.write("x".repeat(65_536)));
      };
      response.on("drain", more);
      more();
    } else if (answer !== "never") response.writeHead(answer[0]).end(answer[1]);
  });
  server.listen(socket);
  await once(server, "listening");
  return {
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

test("a linear and a trees model pass in both protocols, with what they are expected to answer", async () => {
  const linear = await startServer(state, writeModel(path.join(state, "linear"), linearManifest, linearWeights));
  golden({ input: { text: "good" }, expect: { label: "positive", model: "tiny", version: "v7" }, label: "positive" });
  expect(await failuresOf({ floor: { accuracy: 1 } })).toEqual([]);
  await linear.stop();
  const trees = await startServer(state, writeModel(path.join(state, "trees"), treesManifest, treesWeights));
  golden({ input: { features: { income: 20, late: 3 } }, expect: { label: "decline" } });
  expect(await failuresOf()).toEqual([]);
  await trees.stop();
});

test("a renamed input is one refusal a protocol, however many lines meet it, and the labels are counted all the same", async () => {
  const server = await startServer(state, writeModel(path.join(state, "trees"), treesManifest, treesWeights));
  golden(...Array.from({ length: 60 }, () => ({ input: { features: { income_k: 60, late: 1 } }, label: "approve" })));
  expect(await failuresOf({ floor: { accuracy: 0.8 } })).toEqual([
    'POST /predict: seen status 400, "unknown feature \\"income_k\\"; the model knows income, late"; allowed status 200 (lines 1, 2, 3 and 57 more of the golden requests)',
    'POST /v2/models/tiny/infer: seen status 400, "unknown input \\"income_k\\"; the model has income, late"; allowed status 200 (lines 1, 2, 3 and 57 more of the golden requests)',
    "accuracy seen 0.0000 (0 of 60); allowed 0.8 or more",
  ]);
  await server.stop();
});

test("a model of more features than the usual request has tensors is asked in both protocols", async () => {
  const inputs = Array.from({ length: 100 }, (_, index) => `f${index}`);
  const manifest = { ...treesManifest, inputs };
  const server = await startServer(
    state,
    writeModel(path.join(state, "wide"), manifest, { intercept: 0, trees: [{ value: 1 }] }),
  );
  golden({ input: { features: Object.fromEntries(inputs.map((name, index) => [name, index])) } });
  expect(await failuresOf()).toEqual([]);
  await server.stop();
});

test("a model of 32-bit numbers says so, and answers a feature on its threshold alike in both protocols", async () => {
  const manifest = { ...treesManifest, inputs: ["x"], precision: "float32" };
  const weights = { intercept: 0, trees: [{ feature: "x", below: 0.7, yes: { value: -2 }, no: { value: 2 } }] };
  const server = await startServer(state, writeModel(path.join(state, "float32"), manifest, weights));
  expect(await (await server.fetch("/v2/models/tiny")).json()).toMatchObject({
    inputs: [{ name: "x", datatype: "FP32", shape: [-1] }],
  });
  const lines = [0.7, Math.fround(0.7), 0.69999999].map((x) => ({ input: { features: { x } } }));
  golden(...lines.map((line) => ({ ...line, expect: { label: "decline" } })));
  expect(await failuresOf()).toEqual([]);
  await server.stop();
});

const text = { input: { text: "x" } };

test.each<[string, Answers, string]>([
  [
    "refuses in one protocol only",
    { "/v2/models/tiny/infer": () => [400, '{"error":"no such tensor"}'] },
    'POST /v2/models/tiny/infer: seen status 400, "no such tensor"; allowed status 200 (lines 1, 2 of the golden requests)',
  ],
  [
    "has another label in the other protocol",
    { "/v2/models/tiny/infer": () => [200, inferred("negative", 0.75)] },
    'POST /v2/models/tiny/infer: label seen "negative"; allowed "positive", as POST /predict answers (lines 1, 2 of the golden requests)',
  ],
  [
    "has another score in the other protocol",
    { "/v2/models/tiny/infer": () => [200, inferred("positive", 0.25)] },
    "POST /v2/models/tiny/infer: score seen 0.25; allowed 0.75, as POST /predict answers (lines 1, 2 of the golden requests)",
  ],
  [
    "leaves an output away",
    { "/v2/models/tiny/infer": () => [200, '{"outputs":[]}'] },
    "POST /v2/models/tiny/infer: seen an answer that is none of this protocol; allowed status 200 (lines 1, 2 of the golden requests)",
  ],
  [
    "answers no JSON",
    { "/predict": () => [200, "<html>"] },
    "POST /predict: seen an answer that is none of this protocol; allowed status 200 (lines 1, 2 of the golden requests)",
  ],
  [
    "ends the connection: nothing more is sent",
    { "/predict": () => "end" },
    "POST /predict: seen no answer (other side closed); allowed status 200 (line 1 of the golden requests)",
  ],
  [
    "answers without end",
    { "/predict": () => "endless" },
    "POST /predict: seen no answer (Response content exceeded max size); allowed status 200 (line 1 of the golden requests)",
  ],
])("a version that %s is not routed", async (_, change, failure) => {
  await using _server = await serve(change);
  golden(text, text);
  expect(await failuresOf()).toEqual([failure]);
});

test("a version that accepts and never answers is given up at the first request", async () => {
  await using _server = await serve({ "/predict": () => "never" });
  const requests = [1, 2].map((line) => ({ line, input: { text: "x" }, body: '{"text":"x"}' }));
  const asked = await askGolden(path.join(state, "servers/tiny.sock"), "tiny", requests, { withinMs: 200 });
  expect(failuresOfReplies({}, asked)).toEqual([
    "POST /predict: seen no answer in time; allowed status 200 (line 1 of the golden requests)",
  ]);
});

test("answers beside what is expected are one failure a field, with the first of them", async () => {
  await using _server = await serve({});
  golden(
    { ...text, expect: { label: "negative" } },
    { ...text, expect: { label: "positive", score: 0.5 } },
    { ...text, expect: { label: "other", score: 0.25 } },
  );
  expect(await failuresOf()).toEqual([
    'POST /predict: label seen "positive"; allowed "negative" (lines 1, 3 of the golden requests)',
    "POST /predict: score seen 0.75; allowed 0.5 (lines 2, 3 of the golden requests)",
  ]);
});

test("a socket whose path is longer than a socket's may be is asked through a link, and the link is gone afterwards", async () => {
  const long = path.join(state, "n".repeat(120));
  mkdirSync(path.join(long, "servers"), { recursive: true });
  const before = path.join(state, "tiny.sock");
  await using _server = await serve({}, before);
  // What the server does with a working directory: the same socket under a longer name.
  renameSync(before, path.join(long, "servers/tiny.sock"));
  const temporary = path.join(state, "t");
  mkdirSync(temporary);
  vi.stubEnv("TMPDIR", temporary);
  golden(text);
  expect(await failuresOf({}, long)).toEqual([]);
  expect(readdirSync(temporary)).toEqual([]);
  vi.stubEnv("TMPDIR", path.join(state, "missing"));
  const checked = { model: "tiny", version: "v7", checks: { golden: "golden.jsonl" }, projectDir: state };
  await expect(checkVersion(folderAt(long), "servers/tiny.sock", checked)).rejects.toThrow(
    /^the path of the socket .* bytes; allowed are 103, or more when a link to it can be made in .*missing\. Set TMPDIR/,
  );
});
