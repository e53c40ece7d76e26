import { readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStack } from "../platforms/kubernetes/engine/stack.ts";
import { hasRegistry, type RunningRegistry, registryNeeded, startRegistry } from "../registry/real-registry.ts";
import { type CommandLine, createCommandLine, jsonOf } from "../stacks/cli/command-line.ts";
import { filesIn, mayChroot, playDockerfile, pull, pushBase, startRoot, tryToWrite } from "./rootfs.ts";

// A real registry; for a base what stands for one, and for a container a root of its own (rootfs.ts). What a daemon makes of
// the Dockerfile is not shown here.

let registry: RunningRegistry;
let line: CommandLine;
let base: string;
const imageAt = (tag: string) => `${registry.host}/team/approval:${tag}`;
const applicant = { features: { income_k: 30, debt_ratio: 0.1 } };
const chrootNeeded = mayChroot ? "" : " (NOT RUN: chroot takes root)";

async function ask(url: string, at: string, body: object): Promise<unknown> {
  const response = await fetch(`${url}${at}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  return response.json();
}

const tensors = {
  inputs: Object.entries(applicant.features).map(([name, value]) => ({
    name,
    datatype: "FP64",
    shape: [1],
    data: [value],
  })),
};

describe.skipIf(!hasRegistry)(`mlc package${registryNeeded}`, { timeout: 400_000 }, () => {
  beforeAll(async () => {
    registry = await startRegistry();
    line = await createCommandLine();
    base = `${registry.host}/library/node:22-slim@${await pushBase(registry, "library/node")}`;
  }, 180_000);
  afterAll(async () => {
    await line?.[Symbol.asyncDispose]();
    await registry?.stop();
  });

  const pack = (...args: readonly string[]) =>
    line.run("package", "v2", "--image", imageAt("v2"), "--base", base, ...args);

  /** What `--push` has pushed. */
  async function pushed(...args: readonly string[]): Promise<string> {
    const run = await pack("--push", "--json", ...args);
    expect(run.code, run.stderr).toBe(0);
    return String(jsonOf(run).digest);
  }

  test("the same version is the same folder and the same digest", async () => {
    const digest = await pushed();
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(await pushed("--out", "elsewhere")).toBe(digest);
    expect(filesIn(line.root, "elsewhere")).toEqual(
      Object.fromEntries(
        Object.entries(filesIn(line.root, "images/v2")).map(([file, is]) => [
          file.replace("images/v2", "elsewhere"),
          is,
        ]),
      ),
    );
  });

  test("the list of parts names the base, the model's files and what answers, each with what it is", async () => {
    await pack();
    const bill = JSON.parse(readFileSync(path.join(line.root, "images/v2/bill/sbom.cdx.json"), "utf8"));
    expect(bill).toMatchObject({ bomFormat: "CycloneDX", specVersion: "1.6", version: 1 });
    const parts = bill.components as readonly {
      readonly name: string;
      readonly type: string;
      readonly components?: object[];
    }[];
    expect(parts.map(({ type, name }) => `${type} ${name}`)).toEqual([
      `container ${registry.host}/library/node:22-slim`,
      "machine-learning-model approval",
      "library pulumi-model-lifecycle",
      "library zod",
    ]);
    expect(parts[1]?.components?.length).toBe(Object.keys(filesIn(line.root, "models/v2")).length);
  });

  test.skipIf(!mayChroot)(
    `an image answers as the version does here, as nobody, and can write nothing${chrootNeeded}`,
    async () => {
      const { root, config } = await pull(`${registry.host}/team/approval`, await pushed());
      const here = await startRoot(
        "/",
        {
          ...{ User: "0", Env: [`PATH=${path.dirname(process.execPath)}`], WorkingDir: "/", Labels: {} },
          Entrypoint: [
            "node",
            ...config.Entrypoint.slice(1).map((word) =>
              word.replace("/app/", `${root}/app/`).replace(/^\/model$/, path.join(line.root, "models/v2")),
            ),
          ],
        },
        process.execPath,
      );
      await using local = here;
      await using served = await startRoot(root, config);
      for (const [at, body] of [
        ["/predict", applicant],
        ["/v2/models/approval/infer", tensors],
      ] as const) {
        const said = await ask(served.url, at, body);
        expect(said).toEqual(await ask(local.url, at, body));
        expect(said).toMatchObject(
          at === "/predict" ? { model: "approval", version: "v2" } : { model_name: "approval" },
        );
      }
      expect(config.User).toBe("65534");
      expect(config.Env).toEqual(["PATH=/usr/local/bin", "NODE_ENV=production"]);
      for (const file of ["/app/x", "/model/x", "/x", "/model/model.json"])
        expect(tryToWrite(root, config.User, file)).toBe(false);
    },
  );

  test("a daemon would make the same of the Dockerfile, as far as its instructions say", async () => {
    const digest = await pushed();
    const { root, config } = await pull(`${registry.host}/team/approval`, digest);
    const below = await pull(`${registry.host}/library/node`, base.replace(/^.*@/, ""));
    const played = playDockerfile(path.join(line.root, "images/v2"), below.root, () => {
      throw new Error("nothing is to be run");
    });
    for (const folder of ["app", "model", "bill"]) expect(filesIn(below.root, folder)).toEqual(filesIn(root, folder));
    const { Entrypoint, User, WorkingDir, Labels } = config;
    expect(played).toEqual({ Entrypoint, User, WorkingDir, Labels, Env: ["NODE_ENV=production"] });
  });

  test("in a cluster the digest that was printed is what pods run", async () => {
    const digest = await pushed();
    await using stack = await openStack([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "models" } }]);
    const source = { kind: "oci", image: imageAt("v2"), sha256: digest.replace("sha256:", "") };
    const { code, output } = await stack.up({
      model: { name: "approval", owner: "risk", riskTier: "low" },
      platform: {
        kind: "kubernetes",
        namespace: "models",
        gateway: { kind: "envoy", name: "public", namespace: "gateways" },
        hosts: ["approval.example.com"],
      },
      versions: { v2: { source } },
      rollout: { stable: "v2", advance: "manual" },
    });
    expect(code, output).toBe(0);
    const { body } = stack.cluster().send({ method: "GET", path: "/apis/apps/v1/namespaces/models/deployments" });
    expect(JSON.stringify(body)).toContain(`"image":"${registry.host}/team/approval@${digest}"`);
  });

  test("what cannot be is said before anything is written", async () => {
    const refused = async (...args: readonly string[]) => {
      const { code, stderr } = await line.run("package", ...args);
      expect(code).not.toBe(0);
      return stderr.replaceAll(/\s+/g, " ");
    };
    expect(await refused("v2", "--image", "approval", "--base", base)).toContain(
      '--image: seen "approval", allowed are registry, repository and tag: ghcr.io/team/sentiment:v2.',
    );
    expect(await refused("v2", "--image", imageAt("v2"), "--base", "docker.io/library/node:22-slim")).toContain(
      "A tag alone is another image tomorrow; docker buildx imagetools inspect <image> prints the digest.",
    );
    expect(await refused("v9", "--image", imageAt("v9"), "--base", base)).toContain(
      "No version v9. There are: v1, v2.",
    );
    line.write("taken/mine.txt", "mine");
    expect(await refused("v2", "--image", imageAt("v2"), "--base", base, "--out", "taken")).toContain(
      "seen a folder of something else; allowed: none, or one that mlc package wrote. Name another with --out.",
    );
    expect(line.read("taken/mine.txt")).toBe("mine");
    line.write("models/v2/more.txt", "more");
    expect(await refused("v2", "--image", imageAt("v2"), "--base", base, "--out", "late")).toContain(
      "versions.v2.source: seen other files than pinned",
    );
    expect(() => line.read("late/Dockerfile")).toThrow();
  });
});
