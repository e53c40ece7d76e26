import { describe, expect, test } from "vitest";
import { annotations } from "../../../../components/platforms/kubernetes/route/annotations.ts";
import type { RouteRule } from "../../../../components/platforms/kubernetes/route/http-route.ts";
import { jsonOf } from "../../../stacks/cli/command-line.ts";
import { deploy, pathsOf } from "../deployed.ts";
import { type ClusterLine, openClusterLine } from "./cluster-line.ts";

const candidate = ["candidate: v2", 'weight: "50%"', "advance: manual"];
const paths = pathsOf("approval");

interface Route {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> };
  readonly spec: { readonly rules: readonly RouteRule[] };
}

/** Basis points by version, as the route says. */
function weightsIn({ api }: ClusterLine): readonly number[] {
  const { spec } = api.read<Route>(paths.route);
  return (spec.rules.at(-1)?.backendRefs ?? []).map(({ weight = 1 }) => weight);
}

const noted = ({ api }: ClusterLine, name: keyof typeof annotations): string | undefined =>
  api.read<Route>(paths.route).metadata.annotations[annotations[name]];

const writes = ({ api }: ClusterLine): readonly string[] =>
  api.asked.filter((asked) => /^(PATCH|PUT) .*(httproutes|rollout$)/.test(asked));

describe("rollback and abort in a cluster", () => {
  test.each(["rollback", "abort"])("%s writes the route first, then the state, then the configuration", async (way) => {
    await using cluster = await openClusterLine(candidate);
    await cluster.pass();
    expect(weightsIn(cluster)).toEqual([5_000, 5_000]);
    cluster.api.asked.length = 0;
    const run = await cluster.run(way, "--no-up", "--reason", "answers look wrong", "--json");
    expect(jsonOf(run)).toMatchObject({
      exitCode: 0,
      changed: true,
      traffic: [
        {
          endpoint: "approval",
          status: {
            weights: { v1: 10_000, v2: 0 },
            rollout: { phase: "aborted", ended: { cause: "person", reason: "answers look wrong" } },
          },
        },
      ],
    });
    expect(writes(cluster).slice(0, 2)).toEqual([`PATCH ${paths.route}`, `PUT ${paths.state}`]);
    expect(weightsIn(cluster)).toEqual([10_000, 0]);
    expect(noted(cluster, "ended")).toBe(cluster.plan.rollout.identity);
    expect(cluster.line.read(cluster.line.configuration)).not.toContain("candidate: v2");
  });

  test("what was ended stays so for the controller, and the same again changes nothing", async () => {
    await using cluster = await openClusterLine(candidate);
    await cluster.pass();
    await cluster.run("rollback", "--no-up");
    const before = cluster.api.read<Route>(paths.route);
    await cluster.pass();
    const again = await cluster.run("rollback", "--no-up", "--json");
    expect(jsonOf(again)).toMatchObject({ exitCode: 0, traffic: [{ status: { rollout: { phase: "aborted" } } }] });
    expect(cluster.api.read<Route>(paths.route).spec).toEqual(before.spec);
  });

  test("somebody else is faster three times: it is tried again until it is so", async () => {
    await using cluster = await openClusterLine(candidate);
    await cluster.pass();
    let races = 3;
    cluster.api.fault = ({ method, path }) =>
      method === "PATCH" && path === paths.route && races-- > 0 ? { when: "before", status: 409 } : undefined;
    expect(jsonOf(await cluster.run("abort", "--no-up", "--json"))).toMatchObject({ exitCode: 0 });
    expect(weightsIn(cluster)).toEqual([10_000, 0]);
  });

  test("a state that is gone keeps nobody from taking the candidate out: the route says so alone", async () => {
    await using cluster = await openClusterLine(candidate);
    await cluster.pass();
    cluster.api.remove(paths.state);
    const run = await cluster.run("rollback", "--no-up", "--json");
    expect(jsonOf(run)).toMatchObject({
      exitCode: 0,
      traffic: [
        {
          status: {
            weights: { v1: 10_000, v2: 0 },
            losses: [
              { what: expect.stringContaining("the end stands on the route alone: ConfigMap ml/approval-rollout") },
            ],
          },
        },
      ],
    });
    expect([weightsIn(cluster), noted(cluster, "ended")]).toEqual([[10_000, 0], cluster.plan.rollout.identity]);
    expect((await cluster.pass()).kind).toBe("stopped");
  });

  test("a cluster that does not answer is said to be, and the configuration is written", async () => {
    await using cluster = await openClusterLine(candidate);
    await cluster.pass();
    cluster.api.fault = () => ({ when: "before", status: 0 });
    const run = await cluster.run("rollback", "--no-up");
    expect(run.code).toBe(0);
    expect(run.stderr).toContain("kubectl cluster-info");
    expect(cluster.line.read(cluster.line.configuration)).not.toContain("candidate: v2");
  });

  test("what may not be done is said with the way to find out", async () => {
    await using cluster = await openClusterLine(candidate);
    await cluster.pass();
    cluster.api.fault = () => ({ when: "before", status: 403 });
    const run = await cluster.run("rollback", "--no-up");
    expect(run.stderr).toContain("kubectl auth can-i --list --namespace ml");
  });

  test("routes of other stacks in the namespace are left alone, and named where this one has none", async () => {
    await using cluster = await openClusterLine(candidate);
    await cluster.pass();
    deploy(cluster.api, { project: "approval", stack: "prod", model: "churn" }, { ...cluster.plan, model: "churn" });
    expect(jsonOf(await cluster.run("abort", "--no-up", "--json"))).toMatchObject({
      traffic: [{ endpoint: "approval" }],
    });
    const stranger = await cluster.run("abort", "--no-up", "--project", "another");
    expect(stranger.stderr).toContain("stack approval-dev serves from namespace ml");
    expect(stranger.stderr).toContain("no gateway in namespace ml");
  });

  test.each([
    { what: "missing", content: undefined, seen: "no such file" },
    {
      what: "with a program that gets the credential",
      content: {
        ...{ "current-context": "a", contexts: [{ name: "a", context: { cluster: "a", user: "a" } }] },
        ...{
          clusters: [{ name: "a", cluster: { server: "http://127.0.0.1:1" } }],
          users: [{ name: "a", user: { exec: {} } }],
        },
      },
      seen: "a program that gets a credential",
    },
  ])("a kubeconfig that is $what is told with what is allowed", async ({ content, seen }) => {
    await using cluster = await openClusterLine(candidate);
    cluster.line.write("other", JSON.stringify(content ?? {}));
    const path = content === undefined ? "/nowhere/config" : `${cluster.line.root}/other`;
    const run = await cluster.line.runWith({ KUBECONFIG: path }, "rollback", "--no-up");
    expect(run.stderr).toContain(seen);
    expect(run.stderr).toContain("allowed: ");
    expect(cluster.line.read(cluster.line.configuration)).not.toContain("candidate: v2");
  });
});

describe("watch --drive", () => {
  test("brings the program's plan into force as the controller does, and shows what came of it", async () => {
    await using cluster = await openClusterLine(candidate);
    const before = await cluster.run("watch", "--until", "complete", "--timeout", "0.1", "--json");
    expect(jsonOf(before)).toMatchObject({ endpoints: [{ error: expect.stringContaining("mlc watch --drive") }] });
    const run = await cluster.run("watch", "--drive", "--until", "complete", "--timeout", "0.1", "--json");
    expect(jsonOf(run)).toMatchObject({
      exitCode: 4,
      findings: [],
      endpoints: [{ status: { weights: { v2: 5_000 } } }],
    });
    expect(weightsIn(cluster)).toEqual([5_000, 5_000]);
  });

  test("says what keeps it from deciding, and changes nothing then", async () => {
    await using cluster = await openClusterLine(candidate);
    await cluster.pass();
    cluster.api.remove(paths.state);
    cluster.api.asked.length = 0;
    const run = await cluster.run("watch", "--drive", "--until", "complete", "--timeout", "0.1", "--json");
    expect(jsonOf(run)).toMatchObject({
      exitCode: 4,
      findings: expect.arrayContaining([
        {
          check: "drive approval",
          ok: false,
          seen: expect.stringContaining("approval-rollout"),
          cure: expect.any(String),
        },
      ]),
    });
    expect(writes(cluster)).toEqual([]);
  });
});

describe("looking at a cluster", () => {
  test("status shows who serves, and history and evidence what ended", async () => {
    await using cluster = await openClusterLine(candidate);
    await cluster.pass();
    const status = await cluster.run("status", "--exit-code", "--json");
    expect(jsonOf(status)).toMatchObject({
      exitCode: 4,
      endpoints: [
        {
          endpoint: "approval",
          url: "http://approval.example.com",
          serves: true,
          status: { weights: { v1: 5_000, v2: 5_000 }, rollout: { phase: "progressing", candidate: "v2" } },
        },
      ],
    });
    await cluster.run("abort", "--no-up", "--reason", "answers look wrong");
    const history = jsonOf(await cluster.run("history", "--json")) as { readonly records: readonly { id: string }[] };
    expect(history.records).toMatchObject([{ endpoint: "approval", how: "aborted", reason: "answers look wrong" }]);
    const entry = jsonOf(await cluster.run("history", history.records[0]?.id ?? "", "--json"));
    expect(entry).toMatchObject({ entry: { candidate: "v2", intervals: [] } });
  });

  test("doctor tells everything that is wrong at once", async () => {
    await using cluster = await openClusterLine(candidate);
    await cluster.pass();
    const { api } = cluster;
    const order = JSON.parse(noted(cluster, "order") ?? "") as { variants: { v2: { service: string } } };
    api.edit(`/apis/discovery.k8s.io/v1/namespaces/ml/endpointslices/${order.variants.v2.service}`, (slice) => {
      slice.endpoints = [];
    });
    api.put("/api/v1/namespaces/ml/pods/a", {
      metadata: { name: "a", labels: { "model-lifecycle.dev/model": "approval", "model-lifecycle.dev/version": "v2" } },
      status: {
        containerStatuses: [
          { name: "model", state: { waiting: { reason: "ImagePullBackOff", message: "not found" } } },
        ],
      },
    });
    api.remove(paths.controller);
    api.edit("/apis/gateway.networking.k8s.io/v1/namespaces/infra/gateways/public", (gateway) => {
      gateway.status = {
        conditions: [
          { type: "Accepted", status: "True" },
          { type: "Programmed", status: "False", reason: "AddressNotAssigned" },
        ],
      };
    });
    api.edit(paths.route, ({ spec }) => {
      const { rules } = spec as { rules: { backendRefs: { weight: number }[] }[] };
      for (const backend of rules.at(-1)?.backendRefs ?? []) backend.weight = 1;
      const [first] = rules.at(-1)?.backendRefs ?? [];
      if (first !== undefined) first.weight = 9;
    });
    api.allows = (spec) => !JSON.stringify(spec).includes('"patch"');
    const { findings } = jsonOf(await cluster.run("doctor", "--json")) as {
      readonly findings: readonly {
        readonly check: string;
        readonly ok: boolean;
        readonly seen: string;
        readonly cure?: string;
      }[];
    };
    const wrong = findings.filter(({ ok }) => !ok).map(({ check, seen }) => `${check}: ${seen}`);
    expect(wrong).toEqual(
      expect.arrayContaining([
        "permissions: not allowed in ml: patch httproutes",
        "approval v2: no pod is ready, so it gets no traffic: ImagePullBackOff, not found",
        "approval controller: no Deployment approval-controller: nobody climbs, and nobody takes a bad candidate out",
        "gateway infra/public: Programmed: False, AddressNotAssigned",
        "route approval: somebody has edited it: v1 90 %, v2 10 %, and v1 50 %, v2 50 % was written",
      ]),
    );
    expect(findings.filter(({ ok }) => !ok).every(({ cure }) => cure !== undefined)).toBe(true);
    expect(findings.find(({ check }) => check === "cluster")?.seen).toContain("Kubernetes v1.34.1");
  });

  test("doctor asks for the SDK of its platform, and for no plugin of another one", async () => {
    await using cluster = await openClusterLine(candidate);
    const { findings } = jsonOf(await cluster.run("doctor", "--json")) as {
      readonly findings: readonly { readonly check: string }[];
    };
    expect(findings.filter(({ check }) => check === "sdk" || check === "provider")).toEqual([
      {
        ...{ check: "sdk", ok: false, seen: "@pulumi/kubernetes is not installed" },
        cure: "npm install @pulumi/kubernetes",
      },
    ]);
  });

  test.each([
    { what: "not installed", change: (api: ClusterLine["api"]) => api.remove(DEFINITION), seen: "it is not installed" },
    {
      what: "too old",
      change: (api: ClusterLine["api"]) =>
        api.edit(DEFINITION, ({ metadata }) => {
          metadata.annotations = { "gateway.networking.k8s.io/bundle-version": "v1.0.0" };
        }),
      seen: "version v1.0.0; needed is v1.3 or newer",
    },
  ])("a Gateway API that is $what is told with the line that installs it", async ({ change, seen }) => {
    await using cluster = await openClusterLine(candidate);
    change(cluster.api);
    const { findings } = jsonOf(await cluster.run("doctor", "--json")) as { findings: readonly object[] };
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: "Gateway API",
        ok: false,
        seen,
        cure: expect.stringContaining("kubectl apply"),
      }),
    );
  });
});

const DEFINITION = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/httproutes.gateway.networking.k8s.io";
