import { afterAll, beforeAll, expect, test } from "vitest";
import { trainInto } from "../support/models.ts";
import { createProject, linesOf, type Project, type Run } from "../support/project.ts";
import { releaseOf } from "../support/release.ts";
import { pidOf } from "../support/serving.ts";

// What Pulumi users expect of any component, on the real engine: options are the engine's, mocks do not obey them.

let project: Project;

beforeAll(async () => {
  project = await createProject();
  const { v1 = "" } = await trainInto(project.dir);
  project.configure(releaseOf({ pins: { v1 } }));
}, 120_000);
afterAll(() => project[Symbol.asyncDispose]());

interface Program {
  readonly name?: string;
  /** Source text of arguments and options. */
  readonly args?: string;
  readonly opts?: string;
  readonly local?: string;
  readonly before?: string;
  readonly after?: string;
}

const programOf = ({ name = "sentiment", args = "", opts = "{}", local = "", before = "", after = "" }: Program) => `
import * as pulumi from "@pulumi/pulumi";
import { ModelArchive, ModelEndpoint, MonitoringStack, readRelease } from "pulumi-model-lifecycle";
import { local, localArchive, localDocuments } from "pulumi-model-lifecycle/platforms/local";
${before}
const release = readRelease();
const endpoint = new ModelEndpoint("${name}", { release, platform: local(${local}), ${args} }, ${opts});
${after}
export const url = endpoint.url;
`;

function run(program: Program, ...args: string[]): Promise<Run> {
  project.write("index.ts", programOf(program));
  return project.up("--skip-preview", ...args);
}

interface Row {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly provider?: string;
  readonly protect?: boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

/** The local resources of the stack's state, by name. */
async function rows(): Promise<Readonly<Record<string, Row>>> {
  const { output } = await project.pulumi("stack", "export", "--stack", project.stack);
  const { deployment } = JSON.parse(output) as { readonly deployment: { readonly resources?: readonly Row[] } };
  const local = (deployment.resources ?? []).filter(({ type }) => type.startsWith("model-lifecycle-local:"));
  return Object.fromEntries(local.map((row) => [row.urn.split("::").at(-1), row]));
}

const parts = ["artifact", "server", "gateway", "route"] as const;
const nameOf = (part: (typeof parts)[number], name = "sentiment") =>
  `${name}-${part === "artifact" || part === "server" ? `v1-${part}` : part}`;

test("every resource is tagged with model, owner and manager, and with the caller's own tags", async () => {
  expect((await run({ args: `tags: { team: "search", owner: "somebody-else" }` })).code).toBe(0);
  const tags = { model: "sentiment", owner: "somebody-else", "managed-by": "pulumi-model-lifecycle", team: "search" };
  const found = await rows();
  for (const part of parts) expect(found[nameOf(part)]?.inputs?.tags).toEqual(tags);
});

test("a change of tags updates each resource in place, and every process stays", async () => {
  const pid = pidOf(project.stateDir, "gateway-sentiment");
  expect(linesOf(await run({}))).toEqual([
    "update Artifact sentiment-v1-artifact: tags.owner, tags.team",
    "update Gateway sentiment-gateway: tags.owner, tags.team",
    "update ModelServer sentiment-v1-server: tags.owner, tags.team",
    "update Route sentiment-route: tags.owner, tags.team",
  ]);
  expect(pidOf(project.stateDir, "gateway-sentiment")).toBe(pid);
});

test("a transform changes one child: by an object, by a function, by options", async () => {
  const local = `{ transform: {
    artifact: { tags: { by: "object" } },
    server: (args, opts, name) => ({ args: { ...args, tags: { by: name } } }),
    route: () => ({ opts: { protect: true } }),
  } }`;
  expect(linesOf(await run({ local }))).toEqual([
    "update Artifact sentiment-v1-artifact: tags.by, tags.managed-by, tags.model, tags.owner",
    "update ModelServer sentiment-v1-server: tags.by, tags.managed-by, tags.model, tags.owner",
  ]);
  const found = await rows();
  expect(found[nameOf("artifact")]?.inputs?.tags).toEqual({ by: "object" });
  expect(found[nameOf("server")]?.inputs?.tags).toEqual({ by: "sentiment-v1-server" });
  expect(parts.filter((part) => found[nameOf(part)]?.protect)).toEqual(["route"]);
});

test("protect is inherited by every child, and a destroy is refused", async () => {
  expect((await run({ opts: "{ protect: true }" })).code).toBe(0);
  const found = await rows();
  expect(parts.filter((part) => found[nameOf(part)]?.protect)).toEqual([...parts]);
  const { code, output } = await project.destroy();
  expect(code).not.toBe(0);
  expect(output).toContain("protect");
  expect(pidOf(project.stateDir, "gateway-sentiment")).toBeGreaterThan(0);
});

test("an endpoint renamed with an alias keeps everything that runs", async () => {
  expect((await run({})).code).toBe(0);
  const pid = pidOf(project.stateDir, "gateway-sentiment");
  const renamed = await run({ name: "mood", opts: `{ aliases: [{ name: "sentiment" }] }` });
  expect(renamed.code, renamed.output).toBe(0);
  expect(linesOf(renamed)).toEqual([]);
  expect(Object.keys(await rows()).toSorted()).toEqual(parts.map((part) => nameOf(part, "mood")).toSorted());
  expect(pidOf(project.stateDir, "gateway-sentiment")).toBe(pid);
});

test("children use the provider that the component is given", async () => {
  const before = `
class Provider extends pulumi.ProviderResource {
  constructor(name) { super("model-lifecycle-local", name, {}); }
}
const mine = new Provider("mine");`;
  const given = await run({ name: "mood", before, opts: "{ providers: [mine] }" });
  expect(given.code, given.output).toBe(0);
  expect(linesOf(given)).toEqual(["create model-lifecycle-local mine", "delete model-lifecycle-local default"]);
  for (const row of Object.values(await rows())) expect(row.provider).toMatch(/::mine::/);
});

const resources = {
  artifact: "Artifact mood-v1-artifact",
  server: "ModelServer mood-v1-server",
  gateway: "Gateway mood-gateway",
  route: "Route mood-route",
  archive: "Archive mood-archive-copy",
  rules: "Document mood-monitoring-rules",
  dashboard: "Document mood-monitoring-dashboard",
};

test("retainOnDelete leaves what serves, and import takes it back as it was, with the same processes", {
  timeout: 300_000,
}, async () => {
  const all = (opts: string, transform: (part: string) => string): Program => ({
    name: "mood",
    opts,
    local: `{ transform: {${["artifact", "server", "gateway", "route"].map(transform).filter(Boolean)}} }`,
    after: `
new ModelArchive("mood-archive", { release, version: "v1", retentionDays: 1, after: endpoint.nodes.variants.v1,
  store: localArchive({ transform: {${transform("archive")}} }) }, ${opts});
new MonitoringStack("mood-monitoring", { release,
  monitor: localDocuments({ transform: {${["rules", "dashboard"].map(transform).filter(Boolean)}} }) }, ${opts});`,
  });
  const retained = await run(all("{ retainOnDelete: true }", () => ""));
  expect(retained.code, retained.output).toBe(0);
  const found = await rows();
  const idOf = (part: string) => found[resources[part as keyof typeof resources].split(" ")[1] ?? ""]?.id;
  expect(idOf("gateway")).toBe(`${project.stateDir}#sentiment`);
  expect(idOf("archive")).toBe(`${project.stateDir}#sentiment/v1`);

  const pid = pidOf(project.stateDir, "gateway-sentiment");
  const gone = await project.destroy();
  expect(gone.code, gone.output).toBe(0);
  expect(await rows()).toEqual({});
  expect(pidOf(project.stateDir, "gateway-sentiment")).toBe(pid);

  const back = await run(all("{}", (part) => `${part}: () => ({ opts: { import: "${idOf(part)}" } })`));
  expect(back.code, back.output).toBe(0);
  expect(linesOf(back).filter((line) => line.startsWith("import"))).toEqual(
    Object.values(resources)
      .map((resource) => `import ${resource}`)
      .toSorted(),
  );
  expect(pidOf(project.stateDir, "gateway-sentiment")).toBe(pid);
  expect(linesOf(await run(all("{}", () => "")))).toEqual([]);
});

test("an import of what is not there is refused", async () => {
  const local = `{ transform: { gateway: () => ({ opts: { import: "${project.stateDir}#nobody" } }) } }`;
  const { code, output } = await run({ name: "other", local });
  expect(code).not.toBe(0);
  expect(output).toContain(`Gateway ${project.stateDir}#nobody does not exist on this machine`);
});
