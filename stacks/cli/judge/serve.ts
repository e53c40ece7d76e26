import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { MetricSourceError } from "../../../components/metric-sources/index.ts";
import { exitCodes, Failure, usageFailure } from "../failure.ts";
import type { Terminal } from "../terminal.ts";
import type { Outcome } from "../verb.ts";
import { type Following, followTrial } from "./follow.ts";
import { openSource } from "./open-source.ts";
import type { JudgeOptions } from "./options.ts";
import { intervalOf } from "./times.ts";
import { readTrial, type Trial } from "./trial.ts";

/** A trial that nobody asks about for so long is forgotten. Unit: ms. */
const FORGOTTEN_MS = 86_400_000;

/** More of a body is not read, in characters. */
const MOST_BODY = 65_536;

/** Options of a judge that ends, and of one whose end is not asked for. */
const OTHERS = ["file", "watch", "timeout", "to", "out"] as const;

/**
 * Answers verdicts over HTTP to whoever moves traffic, until it is stopped. `GET /verdict?stable=A&candidate=B` judges the two
 * from when it was first asked, each time by what was counted since; `trial=ID` tells apart trials of the same two names.
 * `GET /rollback` says by its status alone whether harm is shown.
 * @throws Failure (2) when the command line is wrong, (1) when the port is taken
 */
export async function serveVerdicts(terminal: Terminal, options: JudgeOptions): Promise<Outcome> {
  const port = portOf(options);
  await openSource(options, undefined);
  intervalOf(options);
  const verdicts = new Verdicts(options);
  const server = createServer((request, response) => {
    // Who hangs up while it asks is not answered.
    answer(verdicts, request, response).catch(() => response.destroy());
  });
  server.listen(port);
  await once(server, "listening").catch((error: Error) => {
    throw new Failure(exitCodes.error, `--serve: port ${port} cannot be listened at: ${error.message}`);
  });
  terminal.say(`Answers GET /verdict?stable=…&candidate=… at port ${(server.address() as AddressInfo).port}`);
  const release = terminal.holdInterrupts();
  const signal = await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
  release();
  server.close();
  server.closeAllConnections();
  return { exitCode: signal[0] === "SIGINT" ? exitCodes.interrupted : exitCodes.done, facts: {} };
}

function portOf(options: JudgeOptions): number {
  const stray = OTHERS.find((name) => options[name] !== undefined);
  if (stray !== undefined) throw usageFailure(`--${stray} is for a judge that ends, and not for --serve.`);
  const port = Number(options.serve);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw usageFailure(`--serve: seen "${options.serve}", allowed is a port from 0 to 65535.`);
}

async function answer(verdicts: Verdicts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://judge");
  const sent = await bodyOf(request);
  const verdict = () => verdicts.of(searchParams, sent).then((facts) => [200, facts] as const, refusalOf);
  const pages: Readonly<Record<string, () => Promise<readonly [number, object]>>> = {
    "/verdict": verdict,
    // What asks by its status alone: 200 is yes.
    "/rollback": async () => {
      const [status, facts] = await verdict();
      return [status === 200 && !isHarm(facts) ? 409 : status, facts];
    },
    "/healthz": async () => [200, {}],
  };
  const page = Object.hasOwn(pages, pathname) ? pages[pathname] : undefined;
  const [status, body] = (await page?.()) ?? [404, { error: `there are ${Object.keys(pages).join(", ")}` }];
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

const isHarm = (facts: object): boolean => "verdict" in facts && facts.verdict === "rollback";

/** What Flagger sends with its hooks, of which the checksum names what is on trial. */
async function bodyOf(request: IncomingMessage): Promise<{ readonly checksum?: string }> {
  let text = "";
  for await (const part of request.setEncoding("utf8")) text = `${text}${part}`.slice(0, MOST_BODY);
  try {
    const { checksum } = JSON.parse(text);
    return typeof checksum === "string" ? { checksum } : {};
  } catch {
    return {};
  }
}

/** What somebody asked wrongly is their error; a source that is away is not. */
function refusalOf(error: unknown): readonly [number, object] {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof MetricSourceError) return [error.kind === "unfit" ? 400 : 503, { error: message }];
  return [error instanceof Failure ? 400 : 500, { error: message }];
}

/** One trial that is asked about. */
interface Asked {
  readonly begun: Promise<{ readonly trial: Trial; readonly following: Following }>;
  /** The last look at what was counted: one comes after the other. */
  turn: Promise<unknown>;
  at: number;
}

/** The trials that were asked about, by who is on trial. */
class Verdicts {
  readonly #options: JudgeOptions;
  readonly #asked = new Map<string, Asked>();

  constructor(options: JudgeOptions) {
    this.#options = options;
  }

  /** @throws Failure, MetricSourceError */
  async of(
    query: URLSearchParams,
    { checksum }: { readonly checksum?: string },
  ): Promise<Readonly<Record<string, unknown>>> {
    const asked = this.#find(query, query.get("trial") ?? checksum ?? "");
    asked.at = Date.now();
    const { trial, following } = await asked.begun;
    const looked = asked.turn.then(following.look, following.look);
    asked.turn = looked;
    await looked;
    const judging = following.judging();
    return {
      ...{ ...trial.arms, decided: judging?.isDecided ?? false },
      ...(judging?.facts ?? { verdict: "noData", intervals: 0 }),
    };
  }

  #find(query: URLSearchParams, id: string): Asked {
    const given = (name: "stable" | "candidate"): Partial<JudgeOptions> => {
      const value = query.get(name);
      return value === null ? {} : { [name]: value };
    };
    const options = { ...this.#options, ...given("stable"), ...given("candidate") };
    const key = JSON.stringify([options.stable, options.candidate, id]);
    for (const [other, { at }] of this.#asked) if (Date.now() - at > FORGOTTEN_MS) this.#asked.delete(other);
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    const asked = { begun: begin(options), turn: Promise.resolve(), at: Date.now() };
    this.#asked.set(key, asked);
    // What could not begin is begun anew when it is asked for again.
    asked.begun.catch(() => this.#asked.delete(key));
    return asked;
  }
}

/** With the first whole interval from now: what was counted before may be another candidate's behind the same name. */
async function begin(options: JudgeOptions): Asked["begun"] {
  const intervalMs = intervalOf(options);
  const next = Math.ceil(Date.now() / intervalMs) * intervalMs;
  const trial = await readTrial(options);
  const source = await openSource(options, trial.model);
  return { trial, following: await followTrial(source, trial, options, options.from === undefined ? next : undefined) };
}
