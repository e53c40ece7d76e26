import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { text } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Release } from "../../../../components/release/index.ts";
import { SimulatedApi } from "../../../../components/simulations/kubernetes/index.ts";
import { repository } from "../../../support/project.ts";
import { documentOf, v1, version } from "../release.ts";
import { type ClusterStack, openStack } from "./stack.ts";

// What people read, and what stands, when a cluster does not do what a run asks of it: the real engine and the real SDK on a
// simulated cluster, whose words are a server's, not always in the same order.

const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name: "models" } };
const one = documentOf({}, { versions: { v1 }, rollout: { stable: "v1" } });
const two = documentOf();

/** The most characters of a name. */
const LONGEST = { model: 40, version: 20 };

const ROUTE = "/apis/gateway.networking.k8s.io/v1/namespaces/models/httproutes/sentiment";

/** What went wrong, in the engine's words. */
async function refused(stack: ClusterStack, release: Release): Promise<string> {
  const { code, output } = await stack.up(release);
  expect(code, output).not.toBe(0);
  return output;
}

async function taken(stack: ClusterStack, release: Release): Promise<void> {
  const { code, output } = await stack.up(release);
  expect(code, output).toBe(0);
}

const kindsIn = (stack: ClusterStack): readonly string[] =>
  stack
    .cluster()
    .store.all()
    .filter(({ metadata }) => metadata.namespace === "models")
    .map(({ kind }) => kind);

describe("a namespace", () => {
  test("that is not there is named, and nothing is made", async () => {
    await using stack = await openStack();
    expect(await refused(stack, one)).toContain('namespaces "models" not found');
    expect(kindsIn(stack)).toEqual([]);
  });

  test("that is being terminated takes nothing new, and is said to be", async () => {
    const held = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "held", namespace: "models", finalizers: ["example.com/held"] },
    };
    await using stack = await openStack([namespace, held]);
    stack.cluster().send({ method: "DELETE", path: "/api/v1/namespaces/models" });
    expect(await refused(stack, one)).toContain(
      "unable to create new content in namespace models because it is being terminated",
    );
    expect(kindsIn(stack)).toEqual(["ConfigMap"]);
  });
});

describe("a second version that cannot stand", () => {
  let stack: ClusterStack;
  beforeAll(async () => {
    stack = await openStack([namespace]);
    await taken(stack, one);
  }, 120_000);
  afterAll(() => stack?.[Symbol.asyncDispose]());

  const route = (): unknown => stack.cluster().send({ method: "GET", path: ROUTE }).body;
  const put = (path: string, body: object): void =>
    expect(stack.cluster().send({ method: "POST", path, body }).status).toBe(201);
  const remove = (path: string): void => void stack.cluster().send({ method: "DELETE", path });

  /** The run fails with these words, the route is not touched, and the same runs when the cause is gone. */
  async function isRefused(release: Release, words: string, mend: () => Release): Promise<void> {
    const before = route();
    expect(await refused(stack, release)).toContain(words);
    expect(route()).toEqual(before);
    await taken(stack, mend());
    await taken(stack, one);
  }

  test("because a quota has no room for its objects", async () => {
    const quotas = "/api/v1/namespaces/models/resourcequotas";
    put(quotas, { metadata: { name: "team" }, spec: { hard: { "count/deployments.apps": "1" } } });
    await isRefused(
      two,
      "exceeded quota: team, requested: count/deployments.apps=1, used: count/deployments.apps=1, limited: count/deployments.apps=1",
      () => {
        remove(`${quotas}/team`);
        return two;
      },
    );
  });

  test("because a quota has no room for its pods", async () => {
    const quotas = "/api/v1/namespaces/models/resourcequotas";
    put(quotas, { metadata: { name: "pods" }, spec: { hard: { pods: "3" } } });
    await isRefused(two, "Minimum number of Pods to consider the application live was not attained", () => {
      remove(`${quotas}/pods`);
      return two;
    });
  });

  test("because its image cannot be pulled", async () => {
    const v2 = version("v2", "2".repeat(64));
    const image = "registry.invalid/nlp/sentiment:v2";
    const broken = documentOf({}, { versions: { v1, v2: { source: { ...v2.source, image } } } });
    await isRefused(broken, "Minimum number of Pods to consider the application live was not attained", () => two);
  });

  test("because somebody else has an object of its name", async () => {
    const name = "sentiment-v2-22222222";
    put("/api/v1/namespaces/models/services", { metadata: { name }, spec: { ports: [{ port: 80 }] } });
    await isRefused(two, `services "${name}" already exists`, () => {
      remove(`/api/v1/namespaces/models/services/${name}`);
      return two;
    });
  });
});

test("the longest names that a document may have are those of objects, cut and told apart", async () => {
  await using stack = await openStack([namespace]);
  const [stable, candidate] = ["a", "b"].map((end) => end.padStart(LONGEST.version, "v")) as [string, string];
  const versions = { [stable]: v1, [candidate]: version("v2", "2".repeat(64)) };
  await taken(stack, {
    ...documentOf({}, { rollout: { stable, candidate, weight: "5%" }, versions }),
    model: { ...one.model, name: "sentiment".padEnd(LONGEST.model, "x") },
  });
  const deployments = stack
    .cluster()
    .store.all()
    .filter(({ kind }) => kind === "Deployment")
    .map(({ metadata }) => metadata.name);
  expect(new Set(deployments).size).toBe(2);
});

test("a cluster that cannot be reached is said to be, with its address, and nothing is made", async () => {
  await using stack = await openStack([namespace]);
  stack.project.env.KUBERNETES_SIMULATION_SERVER = "http://127.0.0.1:1";
  const output = await refused(stack, one);
  expect(output).toContain("configured Kubernetes cluster is unreachable");
  expect(output).toContain("http://127.0.0.1:1");
  expect(output).not.toContain("    at ");
  delete stack.project.env.KUBERNETES_SIMULATION_SERVER;
  await taken(stack, one);
});

test("without the Gateway API the run ends at the route, and says which kind of which version is not known", async () => {
  const api = new SimulatedApi();
  await using server = await withoutGatewayApi(api);
  await using stack = await openStack();
  stack.project.env.KUBERNETES_SIMULATION_SERVER = server.url;
  api.send({ method: "POST", path: "/api/v1/namespaces", body: namespace });
  expect(await refused(stack, one)).toContain(
    'no matches for kind "HTTPRoute" in version "gateway.networking.k8s.io/v1"',
  );
  server.isInstalled = true;
  await taken(stack, one);
});

/** A server that has everything but the Gateway API, as one where nobody has installed it. Time passes when it is asked. */
async function withoutGatewayApi(api: SimulatedApi) {
  const state = { isInstalled: false };
  const server = createServer(async (request, response) => {
    const { method = "GET", url = "", headers } = request;
    const content = await text(request);
    if (url.startsWith("/apis/gateway.networking.k8s.io/") && !state.isInstalled) {
      response.writeHead(404).end("404 page not found\n");
      return;
    }
    const contentType = headers["content-type"] ?? "";
    const { status, body } = api.send({
      method,
      path: url,
      contentType,
      ...(content !== "" && { body: JSON.parse(content) }),
    });
    api.advance(2);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return Object.assign(state, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

test("without the SDK the program says what to install", async () => {
  await using stack = await openStack([namespace], {
    program: `export * from ${JSON.stringify(path.join(repository, "dist/stacks/index.js"))};\n`,
  });
  stack.project.write("without-sdk.mjs", WITHOUT_SDK);
  const { NODE_OPTIONS: options = "" } = stack.project.env;
  const hidden = pathToFileURL(path.join(stack.project.dir, "without-sdk.mjs")).href;
  stack.project.env.NODE_OPTIONS = `${options} --import=${hidden}`;
  const output = await refused(stack, one);
  expect(output).toContain("no package @pulumi/kubernetes");
  expect(output).toContain("npm install @pulumi/kubernetes");
  expect(kindsIn(stack)).toEqual([]);
});

/** A stand-in for a project in which the package is not installed: Node.js does not find it. */
const WITHOUT_SDK = `import { registerHooks } from "node:module";

registerHooks({
  resolve(specifier, context, next) {
    if (!specifier.startsWith("@pulumi/kubernetes")) return next(specifier, context);
    throw Object.assign(new Error("Cannot find package '@pulumi/kubernetes'"), { code: "ERR_MODULE_NOT_FOUND" });
  },
});
`;
