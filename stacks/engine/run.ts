import { spawn } from "node:child_process";
import { constants } from "node:os";
import { messageOf } from "../../components/host/host-error.ts";
import { findEngine } from "./index.ts";

// `npm run pulumi -- <args>`: the Pulumi CLI this repository uses, wherever it comes from.

const engine = await findEngine({ progress: (line) => process.stderr.write(`${line}\n`) }).catch((error: unknown) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
});

// npm changes into the package's folder; the CLI works on the folder the user stands in.
const cwd = (process.env.npm_lifecycle_event === "pulumi" && process.env.INIT_CWD) || process.cwd();

// A terminal sends ctrl-C to the CLI as well, and the CLI takes a second one as "stop at once, whatever is half done".
const terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
// Listened to before the CLI is there: a signal that comes while it starts would be lost, or end this process alone.
process.on("SIGINT", () => terminal || child.kill("SIGINT"));
process.on("SIGTERM", () => child.kill("SIGTERM"));
process.on("SIGHUP", () => child.kill("SIGHUP"));

const child = spawn(engine.path, process.argv.slice(2), { cwd, stdio: "inherit" });
child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal ?? "SIGTERM"]));
