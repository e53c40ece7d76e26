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
const kindsPart = "^components/(platforms|sources|archives|monitors)/[^/]+/document\\.ts$";
const zod = "node_modules/zod/";
const pulumi = "node_modules/@pulumi/pulumi/";
const undici = "node_modules/undici/";
const local = "^components/platforms/local";

module.exports = {
  forbidden: [
    ...walls,
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    floor("host", "^components/host/", ["^components/host/", zod]),
    floor("sources", { path: "^components/sources/", pathNot: kindsPart }, [
      "^components/(sources|host)/",
      "^components/release/(resolved|kinds)\\.ts$",
      zod,
    ]),
    floor("release", "^components/release/", ["^components/(release|guards)/", kindsPart, zod]),
    floor("a kind's part of the document", kindsPart, ["^components/release/"]),
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
    floor("contracts", "^components/(platforms/(platform|data-plane)|archives/archive-store|monitors/monitor)\\.ts$", [
      "^components/(capabilities|kit|release|traffic|rollout)/",
      "^components/(archives/archive-store|monitors/monitor)\\.ts$",
      pulumi,
    ]),
    floor("what somebody else implements", "^components/platforms/index\\.ts$", [
      "^components/platforms/[^/]+\\.ts$",
      "^components/(capabilities|kit|rollout|sources|traffic)/",
      "^components/(archives/archive-store|monitors/monitor)\\.ts$",
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
      from: { path: `${local}/(gateway|server|supervisor|state-folder|data-plane)/` },
      to: { path: "@pulumi/", reachable: true },
    },
    floor("data-plane", `${local}/(gateway|server|supervisor|state-folder)/`, [
      `${local}/(gateway|server|supervisor|state-folder)/`,
      "^components/(release|traffic|sources|analysis|guards|rollout|host)/",
      zod,
      undici,
    ]),
    floor("asking", `${local}/data-plane/`, [
      `${local}/(gateway|supervisor|state-folder|data-plane)/`,
      "^components/(capabilities|release|traffic|rollout|host)/",
      "^components/platforms/data-plane\\.ts$",
      zod,
    ]),
    floor("provider", "^components/provider/", ["^components/(provider|kit|host)/", pulumi]),
    floor("local provider", `${local}/provider/`, [
      `${local}/(gateway|server|supervisor|state-folder|provider)/`,
      "^components/(provider|kit|release|traffic|sources|host)/",
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
      "^components/(platforms/platform|archives/archive-store|monitors/monitor)\\.ts$",
      pulumi,
    ]),
    floor("policies", "^policies/", [
      "^policies/",
      "^components/(guards|release|traffic|lifecycle)/",
      "node_modules/@pulumi/policy/",
    ]),
    floor("a demo asks as the command line does", "^examples/(stage|[^/]+/demo)/", [
      "^examples/(stage|[^/]+/(demo|training))/",
      "^stacks/(data-planes|engine/index)\\.ts$",
      "^components/(traffic|rollout)/",
      "^components/platforms/data-plane\\.ts$",
      // The credential for feedback, and whether a process is left: this platform's own business.
      "^components/platforms/local/state-folder/(folder|folder-processes|paths)\\.ts$",
      "node_modules/(yaml|undici)/",
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
