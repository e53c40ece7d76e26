import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { parse } from "yaml";
import { trainSentiment } from "../../../examples/sentiment-api/training/train.ts";
import { repository } from "../../support/project.ts";

const folder = path.join(repository, "examples/sentiment-api");

interface Release {
  readonly versions: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly [part: string]: unknown;
}

const releaseOf = (stack: string): Release =>
  parse(readFileSync(path.join(folder, `Pulumi.${stack}.yaml`), "utf8")).config["model-lifecycle:release"];

/** A release without what may be another in a cluster. */
function common({ platform: _platform, monitor: _monitor, versions, ...rest }: Release): object {
  return {
    ...rest,
    versions: Object.fromEntries(
      // What is asked of files before they are deployed goes with their source: an image is asked where it is built.
      Object.entries(versions).map(([name, { source: _source, checks: _checks, ...version }]) => [name, version]),
    ),
  };
}

test("in a cluster only platform, monitor and the sources of versions are others", () => {
  const [local, cluster] = [releaseOf("demo"), releaseOf("kubernetes")];
  expect(common(cluster)).toEqual(common(local));
  expect(cluster).toMatchObject({ platform: { kind: "kubernetes" }, monitor: { kind: "prometheus" } });
  for (const { source } of Object.values(cluster.versions)) expect(source).toMatchObject({ kind: "oci" });
});

test("the command of the image serves a version on a port, as a cluster asks for it", async () => {
  const models = mkdtempSync(path.join(tmpdir(), "mlc-image-"));
  onTestFinished(() => rmSync(models, { recursive: true }));
  trainSentiment(models, { seed: 7 });
  const [, command = ""] =
    /^CMD exec ((?:.*\\\n)*.*)$/m.exec(readFileSync(path.join(folder, "Dockerfile"), "utf8")) ?? [];
  const here = command
    .replaceAll("\\\n", " ")
    .replace(/^node node_modules\/pulumi-model-lifecycle/, `${process.execPath} ${repository}`)
    .replace("--port 8080", "--port 0")
    .replace("--model-dir /model", `--model-dir ${models}/v2`);
  const server = spawn("sh", ["-c", `exec ${here}`], {
    env: { ...process.env, VERSION: "v2", HOSTNAME: "pod-1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void server.kill("SIGKILL"));
  const [line] = await once(createInterface(server.stdout), "line");
  const { port } = JSON.parse(String(line)) as { readonly port: number };
  const url = `http://127.0.0.1:${port}`;
  expect((await fetch(`${url}/v2/health/ready`)).status).toBe(200);
  const answer = await fetch(`${url}/predict`, {
    ...{ method: "POST", headers: { "content-type": "application/json" } },
    body: JSON.stringify({ text: "not good at all" }),
  });
  expect([answer.status, answer.headers.get("x-model-version"), await answer.json()]).toMatchObject([
    200,
    "v2",
    { label: "negative" },
  ]);
  server.kill("SIGTERM");
  expect((await once(server, "exit"))[0]).toBe(0);
});
