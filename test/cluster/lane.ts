import { spawnSync } from "node:child_process";
import { messageOf } from "../../components/host/host-error.ts";
import { findOnPath } from "../../stacks/engine/installed.ts";
import { findPrograms, missingPrograms, type Program, programs } from "./binaries/index.ts";

// `npm run test:cluster`: the lane in namespaces of its own. Programs are made first, where there is a network; inside
// there is none but loopback, on which every pod's address answers, and a folder for files that goes with the namespace.
// `--file <file> …` runs that file there in place of the tests, as the demo does; with `--rivals` before it the programs are
// there that figures are compared with, as `npm run bench:cluster` wants them. `--check` says whether it could begin at once.

/** Debian's packages of what the lane runs. */
const INSTALLED = {
  ...{ haproxy: "haproxy", prometheus: "prometheus", "docker-registry": "docker-registry" },
  ...{ ip: "iproute2", unshare: "util-linux" },
};

/** What only figures are compared with: no test waits the minutes that they take to build. */
const RIVALS: readonly Program[] = ["argo-rollouts", "flagger"];

/** What every run needs. */
const OWN = programs.filter((program) => !RIVALS.includes(program));

const POD_NETWORK = "10.0.0.0/16";
/** Exists on every Linux, and nothing of ours is below it. */
const FILES = "/mnt";

const inside = [
  "ip link set lo up",
  `ip route add local ${POD_NETWORK} dev lo`,
  `mount -t tmpfs -o mode=0700 tmpfs ${FILES}`,
  `exec env TMPDIR=${FILES} "$@"`,
].join(" && ");

/** The line that installs what this machine lacks; undefined where it lacks nothing. */
function installLine(): string | undefined {
  const missing = Object.entries(INSTALLED).filter(([program]) => findOnPath(program, process.env).length === 0);
  return missing.length === 0 ? undefined : `apt-get install ${missing.map(([, name]) => name).join(" ")}`;
}

async function prepare(wanted: readonly Program[]): Promise<void> {
  const install = installLine();
  if (install !== undefined) throw new Error(`The cluster lane was NOT RUN: ${install}`);
  await findPrograms(wanted);
}

/** @throws Error that says in a line why the lane could not begin at once */
async function check(): Promise<void> {
  const install = installLine();
  if (install !== undefined) throw new Error(`a real control plane needs: ${install}`);
  const missing = await missingPrograms(OWN);
  if (missing.length > 0) {
    throw new Error(`a real control plane needs ${missing.join(", ")}: npm run test:cluster builds them, once`);
  }
  const { status } = spawnSync("unshare", [...namespaces, "true"], { stdio: "ignore" });
  if (status !== 0)
    throw new Error("a real control plane needs namespaces of its own, and unshare is not allowed here");
}

/** Without root, a user namespace gives the rights in the others. */
const namespaces = [
  ...(process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"]),
  ...["--net", "--pid", "--mount", "--fork", "--mount-proc", "--kill-child=SIGKILL"],
];

const VITEST = ["node_modules/vitest/vitest.mjs", "run", "--project", "cluster", "--no-file-parallelism"];

async function run(args: readonly string[]): Promise<void> {
  const withRivals = args[0] === "--rivals";
  const [first, ...rest] = withRivals ? args.slice(1) : args;
  await prepare(withRivals ? programs : OWN);
  const command = [process.execPath, ...(first === "--file" ? rest : [...VITEST, ...args])];
  // When this process is killed, so is the first process of the namespaces, and with it everything in them.
  const leash = ["--pdeathsig", "KILL", "unshare", ...namespaces, "sh", "-c", inside, "sh", ...command];
  const { status, signal, error } = spawnSync("setpriv", leash, { stdio: "inherit" });
  if (error !== undefined) throw error;
  process.exitCode = status ?? (signal === null ? 1 : 128);
}

try {
  const args = process.argv.slice(2);
  if (args[0] === "--check") await check();
  else await run(args);
} catch (error) {
  console.error(messageOf(error));
  process.exitCode = 1;
}
