/** The floors of the house: who may import whom. `npm run layers` enforces it and draws docs/layers.md. */
const floor = (name, from, to) => ({
  name,
  severity: "error",
  from: { path: from },
  to: { pathNot: to, dependencyTypesNot: ["core"] },
});

const zod = "node_modules/zod/";
const pulumi = "node_modules/@pulumi/pulumi/";
const undici = "node_modules/undici/";
const local = "^components/platforms/local";

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    floor("host", "^components/host/", ["^components/host/", zod]),
    floor("spec", "^components/spec/", ["^components/spec/", zod]),
    floor("lifecycle", "^components/lifecycle/", ["^components/(lifecycle|spec)/"]),
    floor("analysis", "^components/analysis/", ["^components/(analysis|spec)/"]),
    floor("rollout", "^components/rollout/", ["^components/(rollout|analysis|spec)/"]),
    {
      name: "rollout-only-decides",
      comment: "It runs in a gateway, a cluster's controller and a cloud's function: no socket, disk, clock or SDK.",
      severity: "error",
      from: { path: "^components/rollout/" },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(crypto|util)$" },
    },
    floor("kit", "^components/kit/", ["^components/(kit|spec)/", pulumi]),
    floor("contracts", "^components/(platforms/(platform|data-plane)|archives/archive-store|monitors/monitor)\\.ts$", [
      "^components/(kit|spec|rollout)/",
      pulumi,
    ]),
    floor("monitors", "^components/monitors/prometheus/", [
      "^components/(monitors/prometheus|spec|analysis)/",
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
      "^components/(spec|analysis|rollout|host)/",
      zod,
      undici,
    ]),
    {
      name: "state-folder-knows-no-supervisor",
      comment: "Files are one thing, who keeps processes alive is another.",
      severity: "error",
      from: { path: `${local}/state-folder/` },
      to: { path: `${local}/supervisor/` },
    },
    {
      name: "no-sockets-in-the-data-path",
      comment:
        "HTTP is read and written by kept parsers: bytes of a socket are nobody's. Listening ones are handed over.",
      severity: "error",
      from: { path: `${local}/gateway/`, pathNot: `${local}/gateway/(main|listening)\\.ts$` },
      to: { path: "^(net|tls|http2|https)$", dependencyTypesNot: ["type-only"] },
    },
    floor("asking", `${local}/data-plane/`, [
      `${local}/(gateway|supervisor|state-folder|data-plane)/`,
      "^components/(spec|rollout|host)/",
      "^components/platforms/data-plane\\.ts$",
    ]),
    floor("provider", `${local}/provider/`, [
      `${local}/(gateway|server|supervisor|state-folder|provider)/`,
      "^components/(kit|spec|host)/",
      pulumi,
      zod,
      undici,
    ]),
    floor("local", `${local}/[^/]+\\.ts$`, [
      `${local}/`,
      "^components/(kit|spec)/",
      "^components/(platforms/platform|archives/archive-store|monitors/monitor)\\.ts$",
      "^components/monitors/prometheus/",
      pulumi,
    ]),
    floor("components", "^components/[^/]+\\.ts$", [
      "^components/[^/]+\\.ts$",
      "^components/(kit|lifecycle|analysis|spec)/",
      "^components/(platforms/platform|archives/archive-store|monitors/monitor)\\.ts$",
      pulumi,
    ]),
    floor("policies", "^policies/", ["^policies/", "^components/(spec|lifecycle)/", "node_modules/@pulumi/policy/"]),
    {
      name: "stacks-are-the-top",
      comment: "The demo drives the engine as an operator does; nothing else looks up.",
      severity: "error",
      from: { pathNot: ["^stacks/", "^test/", "^examples/[^/]+/demo/"] },
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
