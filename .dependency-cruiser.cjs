/** The floors of the house: who may import whom. `npm run layers` enforces it and draws docs/layers.md. */
const floor = (name, from, to) => ({
  name,
  severity: "error",
  from: typeof from === "string" ? { path: from } : from,
  to: { pathNot: to, dependencyTypesNot: ["core"] },
});

/** The walls of the house, by pattern: none names a platform. docs/house.md says why; `npm run bench:house` counts them. */
const wall = (number, what, from, to) => ({ name: `wall ${number}: ${what}`, severity: "error", from, to });
const platform = "^components/platforms/[^/]+/";
const dataPath = `${platform}gateway/`;
const walls = [
  wall(
    1,
    "no platform imports another",
    { path: "^components/platforms/([^/]+)/" },
    { path: platform, pathNot: "^components/platforms/$1/" },
  ),
  wall(2, "the command line imports no platform", { path: "^stacks/cli/" }, { path: platform }),
  wall(
    3,
    "what decides a rollout knows no socket, disk, clock or SDK",
    { path: "^components/rollout/" },
    { pathNot: ["^components/(rollout|analysis|guards|release|traffic)/", "^(node:)?(crypto|util)$"] },
  ),
  wall(4, "the stack program names no platform", { path: "^stacks/index\\.ts$" }, { path: platform }),
  wall(
    5,
    "what belongs to the machine imports nothing of the house",
    { path: "^components/host/" },
    { path: "^(components|stacks|policies)/", pathNot: "^components/host/" },
  ),
  wall(5, "files know no supervisor", { path: `${platform}state-folder/` }, { path: `${platform}supervisor/` }),
  wall(
    6,
    "no socket in the data path; listening ones are handed over",
    { path: dataPath, pathNot: `${dataPath}(main|listening)\\.ts$` },
    { path: "^(net|tls|http2|https)$", dependencyTypesNot: ["type-only"] },
  ),
];

/** What a kind of platform, source, archive or monitor brings to the release document. */
const kindsPart =
  "^components/(platforms|sources|runtimes|archives|monitors|model-registries)/([^/]+)/document(\\.ts$|/)";
/** What several sources say in the document: what is pinned, where a bucket is. */
const pinsPart = "^components/sources/(pinned|bucket-place)\\.ts$";
/** A registry that content comes from is asked in the same way when it is told something. */
const registryAsSource = "^components/sources/(mlflow/tracking-server|fetched/remote)\\.ts$";
const zod = "node_modules/zod/";
const pulumi = "node_modules/@pulumi/pulumi/";
const kubernetes = "node_modules/@pulumi/kubernetes/";
const undici = "node_modules/undici/";
const local = "^components/platforms/local";
const simulatedStage = "^examples/stage/cluster/simulated-[^/]+\\.ts$";

module.exports = {
  forbidden: [
    ...walls,
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    floor("host", "^components/host/", ["^components/host/", zod]),
    floor("registries", "^components/registry/", ["^components/(registry|host)/", zod]),
    floor("sources", { path: "^components/sources/", pathNot: [kindsPart, pinsPart] }, [
      "^components/(sources|registry|host)/",
      "^components/release/(resolved|kinds)\\.ts$",
      zod,
      "node_modules/(aws4fetch|yaml)/",
    ]),
    floor("release", "^components/release/", ["^components/(release|guards)/", kindsPart, zod]),
    floor("a kind's part of the document", kindsPart, ["^components/release/", "^components/$1/$2/", pinsPart, zod]),
    floor("a pin's part of the document", pinsPart, ["^components/release/", pinsPart, zod]),
    floor("runtimes", "^components/runtimes/", ["^components/(runtimes|release)/"]),
    floor("models", "^components/models/", [
      "^components/(models|sources|host)/",
      zod,
      "node_modules/onnxruntime-node/",
    ]),
    floor("packaging", "^components/packaging/", [
      "^components/(packaging|registry|sources)/",
      "^components/release/(index|resolved|placeholders|library-version)\\.ts$",
      zod,
    ]),
    floor("guards", "^components/guards/", ["^components/(guards|analysis)/"]),
    floor("traffic", "^components/traffic/", ["^components/(traffic|release)/"]),
    floor("lifecycle", "^components/lifecycle/", ["^components/(lifecycle|release|traffic)/"]),
    floor("analysis", "^components/analysis/", ["^components/analysis/"]),
    floor("drift", "^components/drift/", ["^components/(drift|analysis)/"]),
    floor("scorecard", "^components/scorecard/", ["^components/(scorecard|analysis)/"]),
    floor("evidence", "^components/evidence/", [
      "^components/(evidence|analysis|rollout)/",
      "^components/release/problems\\.ts$",
    ]),
    floor("metric sources", "^components/metric-sources/", [
      "^components/(metric-sources|rollout|guards|analysis|traffic)/",
      "^components/release/problems\\.ts$",
    ]),
    floor("kit", "^components/kit/", ["^components/(kit|release)/", pulumi]),
    floor("capabilities", "^components/capabilities/", ["^components/(capabilities|guards|release|traffic)/"]),
    floor(
      "contracts",
      "^components/(platforms/(platform|data-plane|rehearsal)|archives/(archive-store|record)|monitors/monitor|model-registries/registry-writer)\\.ts$",
      [
        "^components/(capabilities|kit|release|traffic|rollout)/",
        "^components/(archives/archive-store|monitors/monitor|platforms/rehearsal)\\.ts$",
        pulumi,
      ],
    ),
    floor("what somebody else implements", "^components/platforms/index\\.ts$", [
      "^components/platforms/[^/]+\\.ts$",
      "^components/(capabilities|kit|rollout|sources|traffic)/",
      "^components/(archives/archive-store|monitors/monitor|model-registries/registry-writer)\\.ts$",
    ]),
    floor("an archive in a registry", { path: "^components/archives/oci/[^/]+\\.ts$", pathNot: kindsPart }, [
      "^components/archives/oci/[^/]+\\.ts$",
      "^components/archives/oci/provider/archive\\.ts$",
      "^components/(registry|kit|release|host)/",
      "^components/archives/(archive-store|record)\\.ts$",
      pulumi,
    ]),
    floor("its side of the engine", "^components/archives/oci/provider/", [
      "^components/archives/oci/",
      "^components/(provider|registry|kit|release|host)/",
    ]),
    floor("a model registry", { path: "^components/model-registries/([^/]+)/[^/]+\\.ts$", pathNot: kindsPart }, [
      "^components/model-registries/$1/[^/]+\\.ts$",
      "^components/model-registries/$1/provider/(lookup|notes)\\.ts$",
      "^components/model-registries/registry-writer\\.ts$",
      "^components/(kit|release)/",
      registryAsSource,
      pulumi,
      zod,
    ]),
    floor("a model registry's side of the engine", "^components/model-registries/([^/]+)/provider/", [
      "^components/model-registries/$1/",
      "^components/(provider|kit|release)/",
      registryAsSource,
    ]),
    floor("monitors", { path: "^components/monitors/prometheus/", pathNot: kindsPart }, [
      "^components/(monitors/prometheus|release|traffic|analysis|kit)/",
      "^components/monitors/monitor\\.ts$",
      "node_modules/yaml/",
    ]),
    {
      name: "data-plane-knows-no-pulumi",
      comment: "These processes serve: 135 MB and half a second of engine SDK have no place in them.",
      severity: "error",
      from: {
        path: [
          `${local}/(gateway|server|companion|supervisor|state-folder|versions|rehearsal)/`,
          `${platform}data-plane/`,
        ],
      },
      to: { path: "@pulumi/", reachable: true },
    },
    floor("data-plane", `${local}/(gateway|server|companion|supervisor|state-folder)/`, [
      `${local}/(gateway|server|companion|supervisor|state-folder)/`,
      "^components/(release|traffic|sources|models|runtimes|analysis|guards|rollout|evidence|host)/",
      zod,
      undici,
    ]),
    floor("what starts and asks a version", `${local}/versions/`, [
      `${local}/(supervisor|state-folder|versions)/`,
      "^components/(release|sources|runtimes|host)/",
      zod,
      undici,
    ]),
    floor("a rehearsal", `${local}/rehearsal/`, [
      `${local}/(supervisor|state-folder|versions|rehearsal)/`,
      "^components/(release|sources|host)/",
      "^components/platforms/rehearsal\\.ts$",
    ]),
    floor("asking", `${local}/data-plane/`, [
      `${local}/(gateway|supervisor|state-folder|rehearsal|data-plane)/`,
      "^components/(capabilities|release|traffic|rollout|host)/",
      "^components/platforms/data-plane\\.ts$",
      zod,
    ]),
    floor("what a route of a cluster says", "^components/platforms/kubernetes/route/", [
      "^components/platforms/kubernetes/route/",
      "^components/(rollout|traffic)/",
    ]),
    floor("what a cluster has to know of a model server", "^components/platforms/kubernetes/servers/", [
      "^components/platforms/kubernetes/servers/",
    ]),
    floor("a program that runs by itself in a pod", "^components/platforms/kubernetes/gone/", [
      "^components/platforms/kubernetes/gone/",
    ]),
    floor("what objects of a cluster say", "^components/platforms/kubernetes/objects/", [
      "^components/platforms/kubernetes/(objects|document|route|servers|controller|monitoring)/",
      "^components/(release|traffic)/",
      "^components/registry/(index|reference)\\.ts$",
      kubernetes,
    ]),
    floor("kubernetes", { path: "^components/platforms/kubernetes/[^/]+\\.ts$", pathNot: kindsPart }, [
      "^components/platforms/kubernetes/",
      "^components/(capabilities|kit|release|traffic|sources|host)/",
      "^components/(platforms/platform|monitors/monitor)\\.ts$",
      pulumi,
      kubernetes,
    ]),
    floor("the way to a cluster", "^components/platforms/kubernetes/cluster/", [
      "^components/platforms/kubernetes/cluster/",
      "node_modules/yaml/",
    ]),
    floor("what a gateway counts", "^components/platforms/kubernetes/gateways/", [
      "^components/platforms/kubernetes/(gateways|route)/",
      "^components/metric-sources/prometheus/index\\.ts$",
    ]),
    floor("what a cluster is watched by", "^components/platforms/kubernetes/monitoring/", [
      "^components/platforms/kubernetes/(monitoring|gateways|route)/",
      "^components/metric-sources/prometheus/",
      "^components/monitors/monitor\\.ts$",
    ]),
    floor("counts of a cluster", "^components/platforms/kubernetes/counts/", [
      "^components/platforms/kubernetes/(counts|gateways|route)/",
      "^components/(metric-sources|rollout|guards)/",
    ]),
    floor("a cluster's controller", "^components/platforms/kubernetes/controller/", [
      "^components/platforms/kubernetes/(controller|cluster|counts|gateways|route)/",
      "^components/(metric-sources|rollout|guards|traffic)/",
    ]),
    {
      name: "a cluster's controller knows no engine",
      comment: "It is one small file.",
      severity: "error",
      from: { path: "^components/platforms/kubernetes/(controller|cluster|counts|gateways|route)/" },
      to: { path: "@pulumi/", reachable: true },
    },
    floor("asking a cluster", "^components/platforms/kubernetes/data-plane/", [
      "^components/platforms/kubernetes/(data-plane|controller|counts|gateways|cluster|route)/",
      "^components/platforms/kubernetes/capabilities\\.ts$",
      "^components/(analysis|capabilities|traffic|rollout|host)/",
      "^components/platforms/data-plane\\.ts$",
    ]),
    floor("provider", "^components/provider/", ["^components/(provider|kit|host)/", pulumi]),
    floor("simulations", "^components/simulations/([^/]+)/", [
      "^components/simulations/$1/",
      "^components/(provider|kit|host)/",
      pulumi,
    ]),
    floor("local provider", `${local}/provider/`, [
      `${local}/(gateway|server|companion|supervisor|state-folder|versions|provider)/`,
      "^components/(provider|kit|release|traffic|sources|runtimes|host)/",
      pulumi,
      zod,
      undici,
    ]),
    floor("local", { path: `${local}/[^/]+\\.ts$`, pathNot: kindsPart }, [
      `${local}/`,
      "^components/(capabilities|kit|release|traffic|sources)/",
      "^components/(platforms/platform|archives/archive-store|monitors/monitor)\\.ts$",
      "^components/monitors/prometheus/",
      pulumi,
    ]),
    floor("components", "^components/[^/]+\\.ts$", [
      "^components/[^/]+\\.ts$",
      "^components/(kit|lifecycle|analysis|release|traffic|sources)/",
      "^components/(platforms/platform|archives/archive-store|monitors/monitor|model-registries/registry-writer)\\.ts$",
      pulumi,
    ]),
    floor("policies", "^policies/", [
      "^policies/",
      "^components/(guards|release|traffic|lifecycle)/",
      "node_modules/@pulumi/policy/",
    ]),
    floor("a demo asks as the command line does", { path: "^examples/(stage|[^/]+/demo)/", pathNot: simulatedStage }, [
      "^examples/(stage|[^/]+/(demo|training))/",
      "^stacks/(data-planes|engine/index)\\.ts$",
      "^components/(traffic|rollout)/",
      "^components/platforms/data-plane\\.ts$",
      // The credential for feedback, and whether a process is left: this platform's own business.
      "^components/platforms/local/state-folder/(folder|folder-processes|paths)\\.ts$",
      "node_modules/(yaml|undici)/",
    ]),
    floor("a cluster of a demo that is simulated", simulatedStage, [
      "^examples/stage/",
      "^components/simulations/kubernetes/index\\.ts$",
      // What runs in the cluster: its controller, and what that counts.
      "^components/platforms/kubernetes/(cluster|controller|counts|route)/",
    ]),
    {
      name: "stacks-are-the-top",
      comment: "A demo drives the engine as an operator does; nothing else looks up.",
      severity: "error",
      from: { pathNot: ["^stacks/", "^test/", "^examples/(stage|[^/]+/demo)/"] },
      to: { path: "^stacks/" },
    },
    {
      name: "nobody-imports-examples-or-tests",
      severity: "error",
      from: { pathNot: ["^examples/", "^test/"] },
      to: { path: "^(examples|test)/" },
    },
    {
      name: "cli-starts-quickly",
      severity: "error",
      from: { path: "^stacks/(cli|engine)/" },
      to: { path: "@pulumi/", reachable: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
    exclude: { path: "^dist/" },
  },
};
