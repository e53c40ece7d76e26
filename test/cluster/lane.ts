import { spawnSync } from "node:child_process";
import { messageOf } from "../../components/host/host-error.ts";
import { findOnPath } from "../../stacks/engine/installed.ts";
import { findPrograms, type Program, programs } from "./binaries/index.ts";

// `npm run test:cluster`: the lane in namespaces of its own. Programs are made first, where there is a network; inside
// there is none but loopback, on which every pod's address answers, and a folder for files that goes with the namespace.
// `--file <file> …` runs that file there in place of the tests, as `npm run bench:cluster` does.

/** Debian's packages of what the lane runs. */
const INSTALLED = {
  ...{ haproxy: "haproxy", prometheus: "prometheus", "docker-registry": "docker-registry" },
  ...{ ip: "iproute2", unshare: "util-linux" },
};

/** What only figures are compared with: no test waits the minutes that they take to build. */
const RIVALS: readonly Program[] = ["argo-rollouts", "flagger"];

const POD_NETWORK = "10.0.0.0/16";
/** Exists on every Linux, and nothing of ours is below it. */
const FILES = "/mnt";

const inside = [
  "ip link set lo up",
  `ip route add local ${POD_NETWORK} dev lo`,
  `mount -t tmpfs -o mode=0700 tmpfs ${FILES}`,
  `exec env TMPDIR=${FILES} "$@"`,
].join(" && ");

async function prepare(wanted: readonly Program[]): Promise<void> {
  const missing = Object.entries(INSTALLED).filter(([program]) => findOnPath(program, process.env).length === 0);
  if (missing.length > 0) {
    throw new Error(`The cluster lane was NOT RUN: apt-get install ${missing.map(([, name]) => name).join(" ")}`);
  }
  await findPrograms(wanted);
}

/** Without root, a user namespace gives the rights in the others. */
const namespaces = [
  ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]),
  ...["--net", "--pid", "--mount", "--fork", "--mount-proc", "--kill-child=SIGKILL"],
];

const VITEST = ["node_modules/vitest/vitest.mjs", "run", "--project", "cluster", "--no-file-parallelism"];

try {
  const [first, ...rest] = process.argv.slice(2);
  const isFile = first === "--file";
  await prepare(isFile ? programs : programs.filter((program) => !RIVALS.includes(program)));
  const command = [process.execPath, ...(isFile ? rest : [...VITEST, ...process.argv.slice(2)])];
  // When this process is killed, so is the first process of the namespaces, and with it everything in them.
  const leash = ["--pdeathsig", "KILL", "unshare", ...namespaces, "sh", "-c", inside, "sh", ...command];
  const { status, signal, error } = spawnSync("setpriv", leash, { stdio: "inherit" });
  if (error !== undefined) throw error;
  process.exitCode = status ?? (signal === null ? 1 : 128);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
