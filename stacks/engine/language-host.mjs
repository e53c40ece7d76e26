#!/usr/bin/env node
/**
 * The Node.js language host of an engine that was built from its Go modules.
 *
 * The official CLI brings its own host; this one exists only because the official host is no Go module a proxy serves.
 * It answers what running programs, policy packs and path plugins takes, and leaves code generation unimplemented.
 * It is copied beside the built `pulumi` as `pulumi-language-nodejs`; the engine starts it with its own address.
 */
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import module, { createRequire } from "node:module";
import { join } from "node:path";

// Half of a short run is Node compiling the SDK. What it compiled is kept beside the engine, where nobody else writes; a
// Node without that, or who turned it off, runs as before.
process.env.NODE_COMPILE_CACHE ||= join(import.meta.dirname, "compiled");
module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);

const own = createRequire(import.meta.url);

/** The SDK's answer to "the error is already on the user's screen": the engine must not print another one. */
const BAIL = 32;

/** Shorter than the 5 s the engine waits for a host it interrupted before it kills it. */
const STOP_MILLISECONDS = 3000;

/** @type {Set<import("node:child_process").ChildProcess>} */
const children = new Set();

const engineAddress = process.argv.slice(2).findLast((argument) => !argument.startsWith("-"));
const sdk = loadSdk();
const server = new sdk.grpc.Server({ "grpc.max_receive_message_length": -1, "grpc.max_send_message_length": -1 });

server.addService(sdk.services.LanguageRuntimeService, {
  handshake: reply(() => new sdk.language.LanguageHandshakeResponse()),
  getPluginInfo: reply(() => new sdk.plugin.PluginInfo()),
  // Nothing is announced, so nothing is downloaded ahead: the engine asks for a provider when a resource needs it.
  getRequiredPackages: reply(() => new sdk.language.GetRequiredPackagesResponse()),
  getRequiredPlugins: reply(() => new sdk.language.GetRequiredPluginsResponse()),
  runtimeOptionsPrompts: reply(() => new sdk.language.RuntimeOptionsResponse()),
  getProgramDependencies: reply(programDependencies),
  about: reply(about),
  installDependencies,
  cancel: reply(() => {
    stop(children);
    return new sdk.Empty();
  }),
  run,
  runPlugin,
});

server.bindAsync("127.0.0.1:0", sdk.grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`${port}\n`);
});

// The engine holds the other end of stdin: when it is gone, killed or not, so are this host and what it runs.
process.stdin.on("close", exit).resume();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, exit);

/**
 * The messages of the program's own SDK, so that one host serves every version of it. A program without one (an
 * inline program's empty folder) gets the SDK that `node_modules` beside this file points to.
 */
function loadSdk() {
  const manifest = findModule("@pulumi/pulumi/package.json", process.cwd());
  if (!manifest) fail(`no @pulumi/pulumi is installed in ${process.cwd()}: run npm install there`);
  const load = createRequire(manifest);
  return {
    grpc: load("@grpc/grpc-js"),
    services: load("./proto/language_grpc_pb.js"),
    language: load("./proto/language_pb.js"),
    plugin: load("./proto/plugin_pb.js"),
    Empty: load("google-protobuf/google/protobuf/empty_pb.js").Empty,
  };
}

/** @param {string} name @param {string} directory @returns {string | undefined} */
function findModule(name, directory) {
  for (const resolve of [createRequire(join(directory, "package.json")).resolve, own.resolve]) {
    try {
      return resolve(name);
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  return undefined;
}

/** @returns {never} */
function fail(message) {
  process.stderr.write(`pulumi-language-nodejs: ${message}\n`);
  process.exit(1);
}

/** A unary handler from a plain function. */
function reply(handler) {
  return (call, callback) => {
    try {
      callback(null, handler(call.request));
    } catch (error) {
      callback(internal(error.message));
    }
  };
}

function internal(details) {
  return { code: sdk.grpc.status.INTERNAL, details };
}

function about() {
  const response = new sdk.language.AboutResponse();
  response.setExecutable(process.execPath);
  response.setVersion(process.version);
  return response;
}

function programDependencies(request) {
  const manifest = join(request.getInfo().getProgramDirectory(), "package.json");
  const { dependencies = {}, devDependencies = {} } = JSON.parse(readFileSync(manifest, "utf8"));
  const response = new sdk.language.GetProgramDependenciesResponse();
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies })) {
    const dependency = new sdk.language.DependencyInfo();
    dependency.setName(name);
    dependency.setVersion(version);
    response.addDependencies(dependency);
  }
  return response;
}

/**
 * Sends what a child prints down the stream of a call, and stops it when the call is given up. Gives what sends any other
 * field of the response.
 */
function forward(child, call, Response) {
  const send = (/** @type {"setStdout" | "setStderr" | "setExitcode"} */ set) => (data) => {
    const response = new Response();
    response[set](data);
    call.write(response);
  };
  child.stdout.on("data", send("setStdout"));
  child.stderr.on("data", send("setStderr"));
  call.on("cancelled", () => stop([child]));
  return send;
}

function installDependencies(call) {
  const directory = call.request.getInfo()?.getProgramDirectory() || call.request.getDirectory();
  const child = start("npm", ["install"], { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
  forward(child, call, sdk.language.InstallDependenciesResponse);
  finish(child, (outcome) => {
    if (outcome.problem) call.emit("error", internal(`npm install in ${directory}: ${outcome.problem}`));
    else call.end();
  });
}

function run(call, callback) {
  const request = call.request;
  const info = request.getInfo();
  const options = info.getOptions()?.toJavaScript() ?? {};
  const runner = findModule("@pulumi/pulumi/cmd/run", info.getProgramDirectory());
  if (!runner) return callback(internal(`no @pulumi/pulumi in ${info.getProgramDirectory()}: run npm install there`));

  const child = start(
    process.execPath,
    [
      ...nodeArguments(options),
      runner,
      ...["--monitor", request.getMonitorAddress()],
      ...["--engine", engineAddress],
      ...(request.getOrganization() ? ["--organization", request.getOrganization()] : []),
      ...["--project", request.getProject()],
      ...["--root-directory", info.getRootDirectory()],
      ...["--stack", request.getStack()],
      ...["--pwd", request.getPwd()],
      ...(request.getDryrun() ? ["--dry-run"] : []),
      ...["--parallel", String(request.getParallel())],
      info.getEntryPoint(),
      ...request.getArgsList(),
    ],
    {
      stdio: ["ignore", "inherit", "inherit"],
      env: {
        ...process.env,
        ...typescriptEnvironment(options),
        PULUMI_CONFIG: JSON.stringify(Object.fromEntries(request.getConfigMap().entries())),
        PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
      },
    },
  );
  call.on("cancelled", () => stop([child]));
  finish(child, (outcome) => {
    const response = new sdk.language.RunResponse();
    if (outcome.code === BAIL) response.setBail(true);
    else if (outcome.problem) response.setError(`the program ${outcome.problem}`);
    callback(null, response);
  });
}

/** @param {Record<string, unknown>} options the `runtime.options` of Pulumi.yaml */
function typescriptEnvironment(options) {
  return {
    ...(options.typescript === false ? {} : { PULUMI_NODEJS_TYPESCRIPT: "true" }),
    ...(options.tsconfig ? { PULUMI_NODEJS_TSCONFIG_PATH: String(options.tsconfig) } : {}),
  };
}

/** @param {Record<string, unknown>} options */
function nodeArguments(options) {
  const words = String(options.nodeargs ?? "").match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, "$1$2"));
}

function runPlugin(call) {
  const request = call.request;
  const info = request.getInfo();
  const directory = info.getProgramDirectory();
  const options = info.getOptions()?.toJavaScript() ?? {};
  const policyPack = request.getKind() === "analyzer";
  const runner = findModule(`@pulumi/pulumi/cmd/${policyPack ? "run-policy-pack" : "run-plugin"}`, directory);
  if (!runner) return call.emit("error", internal(`no @pulumi/pulumi in ${directory}: run npm install there`));

  const subject = policyPack ? [...request.getArgsList(), directory] : [directory, ...request.getArgsList()];
  const child = start(process.execPath, [...nodeArguments(options), runner, ...subject], {
    cwd: policyPack ? directory : request.getPwd(),
    stdio: ["ignore", "pipe", "pipe"],
    env: { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE, ...environmentOf(request.getEnvList()) },
  });
  const send = forward(child, call, sdk.language.RunPluginResponse);
  finish(child, (outcome) => {
    send("setExitcode")(outcome.code);
    call.end();
  });
}

/** @param {readonly string[]} list entries `NAME=value`, the last of a name wins; without any, this process's own */
function environmentOf(list) {
  if (list.length === 0) return process.env;
  return Object.fromEntries(
    list.map((entry) => [entry.slice(0, entry.indexOf("=")), entry.slice(entry.indexOf("=") + 1)]),
  );
}

function start(command, args, options) {
  const child = spawn(command, args, options);
  children.add(child);
  return child;
}

/** Calls back once, when the child has ended and everything it wrote has been read. */
function finish(child, done) {
  child.once("error", (error) => {
    children.delete(child);
    done({ code: 1, problem: `could not be started: ${error.message}` });
  });
  child.once("close", (code, signal) => {
    if (!children.delete(child)) return;
    if (signal) done({ code: 1, problem: `was ended by ${signal}` });
    else done({ code, problem: code === 0 ? undefined : `exited with code ${code}` });
  });
}

/** @param {Iterable<import("node:child_process").ChildProcess>} some */
function stop(some) {
  for (const child of some) {
    child.kill("SIGTERM");
    const insist = setTimeout(() => child.kill("SIGKILL"), STOP_MILLISECONDS);
    child.once("exit", () => clearTimeout(insist));
  }
}

function exit() {
  const running = [...children].filter((child) => child.exitCode === null && child.signalCode === null);
  stop(running);
  Promise.all(running.map((child) => new Promise((resolve) => child.once("exit", resolve)))).then(() =>
    process.exit(0),
  );
}
