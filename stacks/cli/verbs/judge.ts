import { type ExitCode, exitCodes } from "../failure.ts";
import type { Judged } from "../judge/follow.ts";
import type { JudgeOptions } from "../judge/options.ts";
import { configuredVersions, stackOptions } from "../option-words.ts";
import type { Verb } from "../verb.ts";

/** Judges a rollout on counts that come from elsewhere: a table, or a server of metrics. Needs no engine and no gateway. */
export const judge: Verb<JudgeOptions> = {
  usage: "judge",
  summary: "judge a candidate on counts of a file or of Prometheus: no gateway of ours and no engine needed",
  description:
    "Reads the counts of both versions interval by interval, and judges them by the guards of the stack's release, or by those of --guard. Ends with 0 when the candidate is shown harmless, with 3 when harm is shown, with 4 when nothing is decided. A server may ask for a password: MLC_PROMETHEUS_TOKEN, or MLC_PROMETHEUS_TOKEN_FILE, or MLC_PROMETHEUS_USER and MLC_PROMETHEUS_PASSWORD.",
  example: "mlc judge --prometheus http://prometheus:9090 --watch --out v2.json",
  options: [
    ...stackOptions,
    {
      flags: "--file <counts>",
      description: "a table with a row for each interval and version (docs/metric-sources.md)",
      values: async () => (await import("../tables/read-table.ts")).tableFiles(),
    },
    { flags: "--prometheus <url>", description: "a server with Prometheus's HTTP API" },
    {
      flags: "--series <set>",
      description: "what its series are called: gateway, envoy, istio, otel-http or otel-gen-ai [gateway]",
      values: async () => (await import("../judge/open-source.ts")).seriesSets,
    },
    { flags: "--version-label <label>", description: "the label that holds the version [as the set has it]" },
    { flags: "--select <label=value>", description: "only series with this label; may be repeated", repeated: true },
    {
      flags: "--stable <version>",
      description: "the stable version, as the source names it [the release's]",
      values: configuredVersions,
    },
    {
      flags: "--candidate <version>",
      description: "the version on trial, as the source names it [the release's]",
      values: configuredVersions,
    },
    {
      flags: "--guard <metric=margin>",
      description: "what it is judged by, instead of the release: errorRate=0.5pp; may be repeated",
      repeated: true,
    },
    { flags: "--skip <metric>", description: "leave a guard out; may be repeated", repeated: true },
    { flags: "--from <time>", description: "a time, or how long ago: 2h [a file: all; else 1h, with --watch now]" },
    { flags: "--to <time>", description: "the same [what is known by now]" },
    { flags: "--interval <seconds>", description: "how long an interval is; at least the time between scrapes [60]" },
    { flags: "--watch", description: "go on until something is decided" },
    { flags: "--timeout <seconds>", description: "with --watch: end with 4 after this time" },
    {
      flags: "--serve <port>",
      description:
        "answer verdicts over HTTP until it is stopped, each from when it was first asked for (docs/metric-sources.md)",
    },
    { flags: "--out <file>", description: "write the evidence: `mlc evidence verify` judges it again" },
  ],
  async run(terminal, { options }) {
    if (options.serve !== undefined) return (await import("../judge/serve.ts")).serveVerdicts(terminal, options);
    const { readTrial } = await import("../judge/trial.ts");
    const { openSource } = await import("../judge/open-source.ts");
    const { judgeLive, judgeOnce } = await import("../judge/follow.ts");
    const { told } = await import("../judge/source-failure.ts");
    const { renderJudged } = await import("../judge/render.ts");
    const trial = await readTrial(options);
    const source = await told(openSource(options, trial.model));
    const run = options.watch === true ? judgeLive : judgeOnce;
    const judged = await run({ terminal, source, trial, options });
    const { judging } = judged;
    terminal.say(renderJudged(judging, trial, source.name, terminal.paint));
    if (options.out !== undefined) {
      const { evidenceOf } = await import("../judge/evidence.ts");
      const { renderDocument } = await import("../../../components/evidence/index.ts");
      const { replaceFile } = await import("../file-writer.ts");
      replaceFile(terminal, options.out, renderDocument(evidenceOf(judging, trial, source.name)));
    }
    return {
      exitCode: exitCodeOf(judged),
      facts: {
        ...{ source: source.name, ...trial.arms, ...judging.facts },
        ...{ ended: judged.ended, out: options.out ?? null },
      },
    };
  },
};

function exitCodeOf({ judging, ended }: Judged): ExitCode {
  if (ended === "interrupted") return exitCodes.interrupted;
  if (judging.verdict.verdict === "rollback") return exitCodes.aborted;
  return judging.verdict.verdict === "promote" && judging.isDecided ? exitCodes.done : exitCodes.waiting;
}
