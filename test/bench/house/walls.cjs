/** The six walls of the house, by pattern: no rule names a platform. Counted by `npm run bench:house`; docs/house.md says why. */
const wall = (number, what, from, to) => ({ name: `${number} ${what}`, severity: "error", from, to });

const platform = "^components/platforms/[^/]+/";
const dataPath = "^components/platforms/[^/]+/gateway/";

module.exports = {
  forbidden: [
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
      { pathNot: ["^components/(rollout|analysis|spec|guards|traffic)/", "^(node:)?(crypto|util)$"] },
    ),
    wall(4, "the stack program names no platform", { path: "^stacks/index\\.ts$" }, { path: platform }),
    wall(
      5,
      "host imports nothing of the house",
      { path: "^components/host/" },
      { path: "^(components|stacks|policies)/", pathNot: "^components/host/" },
    ),
    wall(
      5,
      "files know no supervisor",
      { path: "^components/platforms/[^/]+/state-folder/" },
      { path: "^components/platforms/[^/]+/supervisor/" },
    ),
    wall(
      6,
      "no socket in the data path",
      { path: dataPath, pathNot: `${dataPath}(main|listening)\\.ts$` },
      { path: "^(net|tls|http2|https)$", dependencyTypesNot: ["type-only"] },
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "types", "default"] },
    exclude: { path: "^dist/" },
  },
};
