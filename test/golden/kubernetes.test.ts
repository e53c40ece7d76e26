import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ClusterStack, openStack } from "../platforms/kubernetes/engine/stack.ts";

// A stack's state on the platform `kubernetes` as its first version left it: whoever upgrades must not lose what serves. The
// cluster is a simulation. To write it anew on purpose: UPDATE_GOLDEN=1 npx vitest run test/golden/kubernetes.test.ts

const file = path.join(import.meta.dirname, "kubernetes/state.json");
const release = JSON.parse(readFileSync(path.join(import.meta.dirname, "kubernetes/release.json"), "utf8"));

let stack: ClusterStack;
beforeAll(async () => {
  stack = await openStack([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "models" } }]);
  const { code, output } = await stack.up(release);
  expect(code, output).toBe(0);
  if (process.env.UPDATE_GOLDEN === "1") writeFileSync(file, (await exported()).replaceAll(stack.project.dir, "@@dir@@"));
}, 120_000);
afterAll(() => stack?.[Symbol.asyncDispose]());

async function exported(): Promise<string> {
  // The provider keeps what it was given as a secret; here nothing is one.
  const { output } = await stack.project.pulumi("stack", "export", "--show-secrets", "--stack", stack.project.stack);
  const state = JSON.parse(output);
  delete state.deployment.secrets_providers;
  for (const resource of state.deployment.resources) {
    delete resource.sourcePosition;
    delete resource.stackTrace;
    // The text of a program: another library brings another one, in another object.
    if (isCode(resource.inputs)) {
      resource.inputs.data = { "main.mjs": "" };
      resource.outputs = { ...resource.outputs, data: { "main.mjs": "" }, __inputs: undefined };
    }
  }
  return `${JSON.stringify(state, undefined, 1)}\n`;
}

const isCode = (object: { readonly data?: Readonly<Record<string, unknown>> } | undefined): boolean =>
  Object.keys(object?.data ?? {}).some((name) => name.endsWith(".mjs"));

test("today's code replaces and deletes nothing of it but the controller's program", { timeout: 120_000 }, async () => {
  const { stack: name } = stack.project;
  const golden = JSON.parse(readFileSync(file, "utf8").replaceAll("@@dir@@", stack.project.dir));
  const own = JSON.parse((await stack.project.pulumi("stack", "export", "--stack", name)).output);
  golden.deployment.secrets_providers = own.deployment.secrets_providers;
  stack.project.write("golden.json", JSON.stringify(golden));
  const imported = await stack.project.pulumi("stack", "import", "--stack", name, "--file", "golden.json");
  expect(imported.code, imported.output).toBe(0);
  const preview = await stack.preview(release);
  expect(preview.code, preview.output).toBe(0);
  const others = preview.lines.filter((line) => !/ ConfigMap sentiment-(controller|gone)-[0-9a-f]{8}-code/.test(line));
  expect(others.filter((line) => !/^(update|create) /.test(line))).toEqual([]);
  // What serves is not touched at all; its scalers have other bounds since.
  expect(others.filter((line) => /^update (Deployment|Service) sentiment-v/.test(line))).toEqual([]);
});
