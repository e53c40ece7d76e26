import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { globSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { freePort } from "../../components/host/free-port.ts";
import { hashDirectory } from "../../components/sources/index.ts";
import { playDockerfile } from "../packaging/rootfs.ts";
import { emptyDirectory } from "../sources/conformance.ts";
import { createCommandLine } from "../stacks/cli/command-line.ts";
import { repository } from "../support/project.ts";

// A version whose packages are installed while its image is made: the instructions of its Dockerfile are done one by one, the real
// pip among them, in a folder in place of a root. What a daemon makes of them is not shown here.

const APP = `import http.server, json, sys
import h11
class Answer(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        rows = json.loads(self.rfile.read(int(self.headers["content-length"])))
        body = json.dumps({"label": "long" if rows["features"]["length"] > 3 else "short", "by": h11.__name__}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
http.server.HTTPServer((sys.argv[1], int(sys.argv[2])), Answer).serve_forever()
`;

/** One package out of the lock file of an example, with its hashes. */
const locked = (name: string): string => {
  const lock = readFileSync(path.join(repository, "examples/bring-your-own-server/fastapi/requirements.lock"), "utf8");
  const [found] = new RegExp(`^${name}==(?:[^\\n]*\\\\\\n)*[^\\n]*\\n`, "m").exec(lock) ?? [];
  if (found === undefined) throw new Error(`the example does not lock ${name}`);
  return found;
};

test("every instruction of a Python server's Dockerfile can be done, and what it starts answers", {
  timeout: 300_000,
}, async () => {
  await using line = await createCommandLine();
  line.write("models/py/app.py", APP);
  line.write("models/py/requirements.lock", locked("h11"));
  const serve = {
    kind: "command",
    command: ["python", "app.py", "127.0.0.1", "{port}"],
    python: { version: "3.12", lock: "requirements.lock" },
  };
  const sha256 = await hashDirectory(path.join(line.root, "models/py"));
  const versions = { v1: { source: { kind: "path", path: "models/py", sha256 }, serve } };
  const model = { name: "leaves", owner: "botany", riskTier: "low" };
  const release = { model, platform: { kind: "local" }, versions, rollout: { stable: "v1", advance: "manual" } };
  line.write(
    line.configuration,
    stringify(
      { config: { "model-lifecycle:release": release } },
      { defaultStringType: "QUOTE_DOUBLE", defaultKeyType: "PLAIN" },
    ),
  );
  const image = [
    "--image",
    "registry.example/leaves:v1",
    "--base",
    `registry.example/python:3.12@sha256:${"a".repeat(64)}`,
  ];
  const written = await line.run("package", "v1", ...image);
  expect(written.code, written.stderr).toBe(0);
  const pushed = await line.run("package", "v1", ...image, "--push");
  expect(pushed.stderr.replaceAll(/\s+/g, " ")).toContain(
    "--push: seen a version whose Python packages are installed while its image is made",
  );
  const context = path.join(line.root, "images/v1");
  const bill = JSON.parse(readFileSync(path.join(context, "bill/sbom.cdx.json"), "utf8"));
  expect(bill.components.at(-1)).toMatchObject({
    type: "library",
    name: "h11",
    purl: expect.stringMatching(/^pkg:pypi\/h11@/),
  });

  const root = emptyDirectory();
  const [python = "python3.12"] = globSync(
    path.join(process.env.PYENV_ROOT ?? path.join(homedir(), ".pyenv"), "versions/3.12.*/bin/python3.12"),
  );
  execFileSync(python, ["-m", "venv", path.join(root, "venv")]);
  const inRoot = (word: string): string =>
    word === "python" ? path.join(root, "venv/bin/python") : word.replace(/^\/model/, path.join(root, "model"));
  const run = ([program = "", ...args]: readonly string[]) =>
    void execFileSync(inRoot(program), args.map(inRoot), { stdio: "inherit" });
  const { Entrypoint, WorkingDir, Env } = playDockerfile(context, root, run);
  expect([Entrypoint, WorkingDir, Env]).toEqual([
    ["python", "app.py", "0.0.0.0", "8080"],
    "/model",
    ["PYTHONDONTWRITEBYTECODE=1"],
  ]);

  const port = String(await freePort());
  const [program = "", ...args] = Entrypoint.map((word) => (word === "8080" ? port : word));
  const child = spawn(inRoot(program), args, { cwd: inRoot(WorkingDir), stdio: "ignore" });
  const exited = once(child, "exit");
  const ask = () =>
    fetch(`http://127.0.0.1:${port}/predict`, {
      method: "POST",
      body: JSON.stringify({ features: { length: 4 } }),
    }).catch(() => undefined);
  let answer = await ask();
  while (answer === undefined && child.exitCode === null) answer = await ask();
  expect(await answer?.json()).toEqual({ label: "long", by: "h11" });
  child.kill("SIGKILL");
  await exited;
});
