import { cpSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStateFolder } from "../../components/platforms/local/state-folder/folder.ts";
import { readHostId } from "../../components/host/host-id.ts";
import { createProject, linesOf, type Project } from "../support/project.ts";

// A stack's state as the first version of this library left it, with the release it came from. Whoever upgrades must
// not lose what serves. To write it anew on purpose: UPDATE_GOLDEN=1 npx vitest run test/golden

const file = path.join(import.meta.dirname, "state.json");
const releaseFile = path.join(import.meta.dirname, "release.json");

let project: Project;

beforeAll(async () => {
  project = await createProject({ program: PROGRAM });
  // Where that version kept its state: it stays there as long as it lives.
  openStateFolder(path.join(project.dir, ".model-lifecycle", project.stack));
  cpSync(path.join(import.meta.dirname, "models"), path.join(project.dir, "models"), { recursive: true });
  project.configure(JSON.parse(readFileSync(releaseFile, "utf8")));
  const { code, output } = await project.up("--skip-preview");
  expect(code, output).toBe(0);
  if (process.env.UPDATE_GOLDEN === "1") await writeGolden();
}, 120_000);
afterAll(() => project[Symbol.asyncDispose]());

const PROGRAM = `
import { ModelEndpoint, ModelRetirement, MonitoringStack, readRelease } from "pulumi-model-lifecycle";
import { local, localArchive, localDocuments } from "pulumi-model-lifecycle/platforms/local";

const release = readRelease();
const { name } = release.model;
const endpoint = new ModelEndpoint(name, { release, platform: local() });
new MonitoringStack(\`\${name}-monitoring\`, { release, monitor: localDocuments() });
new ModelRetirement(\`\${name}-retirement\`, { release, endpoint, store: localArchive() });
export const url = endpoint.url;
`;

/** What differs between two machines that did the same. */
async function places(): Promise<readonly (readonly [name: string, value: string])[]> {
  const state = await exported();
  const [, manifest = ""] = /"manifestSha256": "([0-9a-f]{64})"/.exec(state) ?? [];
  const url = String((await project.outputs()).url);
  const [, admin = ""] = /"adminUrl": "([^"]+)"/.exec(state) ?? [];
  return [
    ["@@dir@@", project.dir],
    ["@@host@@", readHostId()],
    ["@@manifest@@", manifest],
    ["@@url@@", url],
    ["@@admin@@", admin],
  ];
}

async function exported(): Promise<string> {
  const state = JSON.parse((await project.pulumi("stack", "export", "--stack", project.stack)).output);
  // The salt of one machine's passphrase; the state has no secret.
  delete state.deployment.secrets_providers;
  for (const resource of state.deployment.resources) {
    delete resource.sourcePosition;
    delete resource.stackTrace;
  }
  return `${JSON.stringify(state, undefined, 2)}\n`;
}

async function writeGolden(): Promise<void> {
  const text = (await places()).reduce((state, [name, value]) => state.replaceAll(value, name), await exported());
  writeFileSync(file, text);
}

test("today's code finds nothing to replace, delete or create in the golden state", { timeout: 120_000 }, async () => {
  const golden = (await places()).reduce((s, [name, value]) => s.replaceAll(name, value), readFileSync(file, "utf8"));
  expect(golden).not.toContain("@@");
  project.write("golden.json", golden);
  const imported = await project.pulumi("stack", "import", "--stack", project.stack, "--file", "golden.json");
  expect(imported.code, imported.output).toBe(0);

  const preview = await project.preview();
  expect(preview.code, preview.output).toBe(0);
  expect(preview.output).toContain("the state of this stack lies inside the checkout");
  // A newer library may restart the gateway and render other rules: in place.
  expect(linesOf(preview).filter((line) => !line.startsWith("update "))).toEqual([]);
});
