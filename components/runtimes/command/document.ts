import { closest } from "../../release/closest.ts";
import { listOf as itemsOf, type Loose, looseOf, type Report, textOf } from "../../release/draft.ts";
import { type DocumentKind, documentKind } from "../../release/kind.ts";
import { placeholders, placeholdersIn } from "../../release/placeholders.ts";
import { renderList, renderSeen } from "../../release/problems.ts";
import * as processes from "../../release/process-scalars.ts";
import * as scalars from "../../release/scalars.ts";
import { byName, listOf, optional, section } from "../../release/section.ts";
import { type Duration, parseDuration } from "../../release/units.ts";

/** What the server speaks: how a request is put to it, and where its answer stands. */
export type ServerProtocol = "predict" | "invocations" | "open-inference";

/** `serve` of a version that a program of its own answers for. */
export interface CommandRuntimeDocument {
  /** command: any server that answers HTTP on an address it is told. */
  readonly kind: "command";
  /** The words of the command, 1 to 64; no shell reads them. {port} or {socket} is where it has to listen, {port:name} another free port; {content} is the folder of the pinned files, {scratch} one that it may write, {model}, {version} and {instance} are names. */
  readonly command: readonly string[];
  /** Variables beside PATH, HOME, LANG and TZ, with the same placeholders. No secret: the document is shown in plans. What a variable holds whose name ends in KEY, TOKEN, SECRET or PASSWORD is never written to a log. @default {} */
  readonly env?: Readonly<Record<string, string>>;
  /** Where it is started: content, the pinned files, or scratch, an empty folder that it may write. @default content */
  readonly directory?: "content" | "scratch";
  /** What it speaks: predict, the body of `/predict` as it comes, or rows where `rows` says; invocations, as MLflow's servers do; open-inference, version 2. @default predict */
  readonly protocol?: ServerProtocol;
  /** Where it takes predictions. @default by protocol: /predict, /invocations, /v2/models/{model}/infer */
  readonly path?: string;
  /** The names of the features in the order of its columns. Needed where rows or tensors are sent for features. @default the features as they come */
  readonly inputs?: readonly string[];
  /** Where rows go in the body that it takes, as a JSON Pointer: "/features" sends {"features": [[…]]}. Only for protocol predict. @default the body of `/predict` as it comes */
  readonly rows?: string;
  /** The name of the tensor that takes the features. Only for protocol open-inference. @default "input-0" */
  readonly tensor?: string;
  /** Where the label stands in its answer, or a list of probabilities to take the largest of, as a JSON Pointer. @default by protocol: /label, /predictions/0, /outputs/0/data/0 */
  readonly label?: string;
  /** Where the score stands in its answer, as a JSON Pointer. @default /score for protocol predict, none for others */
  readonly score?: string;
  /** Names for the numbers that it answers: the first for 0, the second for 1. @default what it answers, as text */
  readonly labels?: readonly string[];
  /** A path that answers 200 once it can serve. @default none: that it listens is enough, and what `sample` says */
  readonly ready?: string;
  /** A body of `/predict`, as JSON: it is ready only when it has answered this one. Servers say that they are ready before they are. @default none */
  readonly sample?: string;
  /** How long it may take until it is ready: a duration up to "30 minutes". @default "60 seconds" */
  readonly startTimeout?: Duration;
  /** How long a connection to it may be idle and still be used: a duration up to "1 minute", shorter than the server's own. @default "4 seconds" */
  readonly keepAlive?: Duration;
  /** Requests that it works on at a time; more wait. "1" to "1024". @default "64" */
  readonly concurrency?: string;
  /** The memory that all its processes may take together; with more they are ended and started again. @default no limit */
  readonly memory?: string;
  /** How it is ended. @default { signal: SIGTERM, to: group, within: "5 seconds" } */
  readonly stop?: StopDocument;
  /** The Python environment that it runs in, built from a lock file. @default what PATH has */
  readonly python?: PythonDocument;
}

/** How a server is ended. Requests under way are answered before; what is left at the end is killed, its workers as well. */
export interface StopDocument {
  /** The signal that asks it to end. @default SIGTERM */
  readonly signal?: "SIGTERM" | "SIGINT" | "SIGQUIT";
  /** Who gets it: the group, or the leader alone, which then ends its workers. @default group */
  readonly to?: "group" | "leader";
  /** How long it has to end: a duration up to "8 seconds". @default "5 seconds" */
  readonly within?: Duration;
}

/** A Python environment that is the same wherever it is built. */
export interface PythonDocument {
  /** The version that it is built with and for, such as "3.12". */
  readonly version: string;
  /** A file of the pinned content that names every package with its hash, as `uv pip compile --generate-hashes` or pip-tools writes it. */
  readonly lock: string;
}

/** The same with its defaults filled in and its units as numbers. */
export interface ResolvedCommandRuntime {
  readonly kind: "command";
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly directory: "content" | "scratch";
  readonly protocol: ServerProtocol;
  readonly path: string;
  /** Empty: the features as they come. */
  readonly inputs: readonly string[];
  readonly rows?: string;
  readonly tensor: string;
  readonly label: string;
  readonly score?: string;
  /** Empty: what it answers is the label. */
  readonly labels: readonly string[];
  readonly ready?: string;
  readonly sample?: string;
  /** Milliseconds, as the next one. */
  readonly startTimeoutMs: number;
  readonly keepAliveMs: number;
  /** Requests at a time. */
  readonly concurrency: number;
  /** Absent: no limit. */
  readonly memoryBytes?: number;
  readonly stop: {
    readonly signal: "SIGTERM" | "SIGINT" | "SIGQUIT";
    readonly to: "group" | "leader";
    readonly withinMs: number;
  };
  readonly python?: PythonDocument;
}

const byProtocol = {
  predict: { path: "/predict", label: "/label", score: "/score" },
  invocations: { path: "/invocations", label: "/predictions/0", score: undefined },
  "open-inference": { path: "/v2/models/{model}/infer", label: "/outputs/0/data/0", score: undefined },
} as const;

const names = (example: string, most: number) =>
  listOf(scalars.line(200, example), { least: 1, most }, `a list of 1 to ${most} names`, `["${example}"]`);

/** What a program of one's own brings to the document. */
export const commandRuntime: DocumentKind<CommandRuntimeDocument, ResolvedCommandRuntime> = documentKind({
  kind: "command",
  describedBy: "CommandRuntimeDocument",
  fields: {
    command: listOf(
      processes.word,
      { least: 1, most: 64 },
      "a list of 1 to 64 words; no shell reads them",
      '["python3", "serve.py", "--port", "{port}"]',
    ),
    env: optional(byName(processes.variableName, processes.variableValue, "names of variables and their values")),
    directory: optional(scalars.choice("content", "scratch")),
    protocol: optional(scalars.choice("predict", "invocations", "open-inference")),
    path: optional(processes.urlPath("/predict")),
    inputs: optional(names("age", 1000)),
    rows: optional(processes.jsonPointer("/features")),
    tensor: optional(scalars.line(100, "input-0")),
    label: optional(processes.jsonPointer("/label")),
    score: optional(processes.jsonPointer("/score")),
    labels: optional(names("approved", 1000)),
    ready: optional(processes.urlPath("/health")),
    sample: optional(processes.variableValue),
    startTimeout: optional(scalars.durationUpTo("30 minutes", "2 minutes")),
    keepAlive: optional(scalars.durationUpTo("1 minute", "4 seconds")),
    concurrency: optional(scalars.integer('a whole number from "1" to "1024"', "64", 1, 1024)),
    memory: optional(processes.memory),
    stop: optional(
      section("StopDocument", {
        signal: optional(scalars.choice("SIGTERM", "SIGINT", "SIGQUIT")),
        to: optional(scalars.choice("group", "leader")),
        within: optional(scalars.durationUpTo("8 seconds", "5 seconds")),
      }),
    ),
    python: optional(
      section("PythonDocument", { version: processes.pythonVersion, lock: scalars.path("requirements.lock") }),
    ),
  },
  resolve(part) {
    const { protocol = "predict", stop = {} } = part;
    const { path, label, score = byProtocol[protocol].score } = { ...byProtocol[protocol], ...part };
    return {
      kind: "command",
      command: part.command,
      env: part.env ?? {},
      directory: part.directory ?? "content",
      ...{ protocol, path, label },
      ...(score === undefined ? {} : { score }),
      inputs: part.inputs ?? [],
      ...(part.rows === undefined ? {} : { rows: part.rows }),
      tensor: part.tensor ?? "input-0",
      labels: part.labels ?? [],
      ...(part.ready === undefined ? {} : { ready: part.ready }),
      ...(part.sample === undefined ? {} : { sample: part.sample }),
      startTimeoutMs: parseDuration(part.startTimeout ?? "60 seconds"),
      keepAliveMs: parseDuration(part.keepAlive ?? "4 seconds"),
      concurrency: Number(part.concurrency ?? "64"),
      ...(part.memory === undefined ? {} : { memoryBytes: processes.parseMemory(part.memory) }),
      stop: {
        signal: stop.signal ?? "SIGTERM",
        to: stop.to ?? "group",
        withinMs: parseDuration(stop.within ?? "5 seconds"),
      },
      ...(part.python === undefined ? {} : { python: part.python }),
    };
  },
  check(part, report) {
    checkPlaceholders(part, report);
    checkMapping(part, report);
  },
});

/** It is told one address, by a name that is known. */
function checkPlaceholders({ command, env }: Loose, report: Report): void {
  const words = itemsOf(command).map((word, index) => ({ at: ["command", index], text: textOf(word) ?? "" }));
  const values = Object.entries(looseOf(env)).map(([name, value]) => ({
    at: ["env", name],
    text: textOf(value) ?? "",
  }));
  const used = [...words, ...values].flatMap(({ at, text }) => placeholdersIn(text).map((name) => ({ at, name })));
  for (const { at, name } of used) {
    if (placeholders.includes(name) || /^port:[a-z]+$/.test(name)) continue;
    const meant = closest(name, placeholders);
    report(
      at,
      `{${name}}`,
      `one of ${renderList(placeholders.map((each) => `{${each}}`))}, {port:name}`,
      meant === undefined ? "Write one of these." : `Did you mean {${meant}}?`,
    );
  }
  const addresses = ["port", "socket"].filter((address) => used.some(({ name }) => name === address));
  if (
    addresses.length === 1 ||
    words.length === 0 ||
    used.some(({ name }) => !placeholders.includes(name) && !name.startsWith("port:"))
  )
    return;
  report(
    ["command"],
    addresses.length === 0 ? "neither {port} nor {socket}, here or in env" : "both {port} and {socket}",
    "one address that the server is told to listen on",
    'Tell the server its address, for example "--port", "{port}".',
  );
}

/** What is said of requests and answers fits the protocol. */
function checkMapping({ protocol = "predict", rows, inputs, tensor, sample }: Loose, report: Report): void {
  if (rows !== undefined && protocol !== "predict") {
    report(["rows"], `rows beside protocol ${protocol}`, "rows beside protocol predict only", "Remove rows.");
  }
  if (tensor !== undefined && protocol !== "open-inference") {
    report(
      ["tensor"],
      `tensor beside protocol ${protocol}`,
      "tensor beside protocol open-inference only",
      "Remove tensor.",
    );
  }
  if (rows !== undefined && inputs === undefined) {
    report(
      ["inputs"],
      "nothing",
      "the names of the features in the order of the server's columns",
      'Add inputs: ["…"].',
    );
  }
  if (textOf(sample) !== undefined && !isJsonObject(textOf(sample) ?? "")) {
    report(
      ["sample"],
      renderSeen(sample),
      "a body of /predict: a JSON object",
      `Write it as JSON in quotes: sample: '{"features": {"age": 31}}'.`,
    );
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
