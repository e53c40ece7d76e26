import type { Verdict } from "../../../components/analysis/index.ts";
import type { EvidenceDocument, Verification } from "../../../components/evidence/index.ts";
import { exitCodes, usageFailure } from "../failure.ts";
import { stackOptions } from "../option-words.ts";
import type { StackOptions } from "../options.ts";
import type { Terminal } from "../terminal.ts";
import type { Outcome, Verb } from "../verb.ts";

interface EvidenceOptions extends StackOptions {
  readonly id?: string;
  readonly out?: string;
  readonly svg?: string;
}

/** Writes everything that a verdict rests on, and judges such a document again: wherever it is, without a stack. */
export const evidence: Verb<EvidenceOptions> = {
  usage: "evidence [endpoint|verify] [file]",
  summary: "what a rollout was judged on, as one document and one picture; `verify FILE` judges it again",
  description:
    "Prints everything that the verdict of a rollout rests on: every count, the settings, the version of the method and a hash. `mlc evidence verify FILE` judges it again, anywhere and without a stack, says field by field whether the same comes out, and ends with 1 when not.",
  example: "mlc evidence --out v2.json --svg v2.svg && mlc evidence verify v2.json",
  options: [
    ...stackOptions,
    {
      flags: "--id <id>",
      description: "a record of `mlc history` [the rollout that runs, else the last one]",
      values: async (options) => (await import("../known-values.ts")).historyIds(options),
    },
    { flags: "--out <file>", description: "write the document to a file" },
    { flags: "--svg <file>", description: "draw the picture" },
  ],
  arguments: async (options) => {
    const { endpoints } = await import("../known-values.ts");
    // A file can be verified where there is no stack to ask.
    return ["verify", ...(await endpoints(options).catch(() => []))];
  },
  async run(terminal, { args: [word, file], options }) {
    if (word === "verify") return verify(terminal, file, options);
    if (file !== undefined) throw usageFailure(`Saw "${word} ${file}"; allowed is an endpoint, or: verify FILE.`);
    const { renderDocument } = await import("../../../components/evidence/index.ts");
    const { evidenceOfStack } = await import("../stack-evidence.ts");
    const { findProject } = await import("../project.ts");
    const { stack, dataPlane } = await findProject(options);
    const found = await terminal.during(
      "asking for the evidence",
      evidenceOfStack(dataPlane, { endpoint: word, id: options.id }),
    );
    const text = renderDocument(found.document);
    if (options.out === undefined && options.svg === undefined) terminal.say(text.trimEnd());
    await write(terminal, options.out, () => text);
    await drawIfAsked(terminal, options, found.document);
    return { facts: { stack, ...found, out: options.out ?? null, svg: options.svg ?? null } };
  },
};

async function verify(terminal: Terminal, file: string | undefined, options: EvidenceOptions): Promise<Outcome> {
  const stray = (["id", "out"] as const).find((name) => options[name] !== undefined);
  if (file === undefined || stray !== undefined) {
    throw usageFailure(
      `Saw ${stray === undefined ? "no file" : `--${stray}`}; allowed is: mlc evidence verify FILE [--svg FILE].`,
    );
  }
  const { readEvidenceFile, renderVerification } = await import("../evidence-file.ts");
  const { verifyEvidence } = await import("../../../components/evidence/index.ts");
  const { document, verdict } = readEvidenceFile(file);
  const verification = verifyEvidence(document, verdict);
  terminal.say(`${renderVerification(verification, terminal.paint)}\n\n${renderOutcome(verification, document)}`);
  await drawIfAsked(terminal, options, document, verdict);
  const exitCode = verification.same ? exitCodes.done : exitCodes.error;
  return { exitCode, facts: { file, ...verification, problems: [], svg: options.svg ?? null } };
}

function renderOutcome({ same, fields }: Verification, { intervals, method }: EvidenceDocument): string {
  const wrong = fields.filter((field) => !field.same).length;
  const counted = `${intervals.length} intervals, judged again with method ${method}`;
  return same ? `The same: ${counted}.` : `Not the same: ${wrong} of ${fields.length} fields differ (${counted}).`;
}

async function drawIfAsked(
  terminal: Terminal,
  { svg }: EvidenceOptions,
  document: EvidenceDocument,
  verdict?: Verdict,
): Promise<void> {
  const { renderPicture } = await import("../../../components/evidence/index.ts");
  await write(terminal, svg, () => renderPicture(document, verdict));
}

async function write(terminal: Terminal, path: string | undefined, content: () => string): Promise<void> {
  if (path === undefined) return;
  const { replaceFile } = await import("../file-writer.ts");
  replaceFile(terminal, path, content());
}
