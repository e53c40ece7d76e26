import { appendFileSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { SimulatedApi } from "../../../components/simulations/kubernetes/index.ts";
import { createProject, linesOf, repository, run } from "../../support/project.ts";

// What `mlc init --platform kubernetes` writes, on the real engine and the real SDK. The cluster is a simulation.

const SIMULATION = `plugins:
  providers:
    - name: kubernetes
      path: ${repository}/dist/components/simulations/kubernetes/provider
`;

test("with the pin of its image alone a first project for a cluster previews and goes up", async () => {
  await using project = await createProject({
    prepare: async (dir, env) => {
      mkdirSync(path.join(dir, "node_modules"));
      symlinkSync(path.join(repository, "node_modules/@pulumi"), path.join(dir, "node_modules/@pulumi"), "dir");
      symlinkSync(repository, path.join(dir, "node_modules/pulumi-model-lifecycle"), "dir");
      const mlc = path.join(repository, "dist/stacks/cli/mlc.js");
      const init = await run(process.execPath, [mlc, "init", "--platform", "kubernetes"], dir, env);
      expect(init.code, init.output).toBe(0);
      const file = path.join(dir, "Pulumi.dev.yaml");
      const pinned = readFileSync(file, "utf8").replace(':v1" }', `:v1", sha256: "${"1".repeat(64)}" }`);
      writeFileSync(file, pinned);
      appendFileSync(path.join(dir, "Pulumi.yaml"), SIMULATION);
      env.KUBERNETES_SIMULATION_FOLDER = path.join(dir, "cluster");
      new SimulatedApi({ folder: env.KUBERNETES_SIMULATION_FOLDER }).send({
        ...{ method: "POST", path: "/api/v1/namespaces" },
        body: { apiVersion: "v1", kind: "Namespace", metadata: { name: "models" } },
      });
    },
  });
  const preview = await project.preview();
  expect(preview.code, preview.output).toBe(0);
  expect(linesOf(preview)).toEqual(
    expect.arrayContaining([
      "create Deployment approval-v1-11111111-deployment",
      "create Deployment approval-controller",
      "create HTTPRoute approval-route",
    ]),
  );
  const up = await project.up("--skip-preview");
  expect(up.code, up.output).toBe(0);
  expect(await project.outputs()).toEqual({ url: "http://approval.example.com" });
});
