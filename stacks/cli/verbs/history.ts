import type { HistorySummary } from "../../../components/rollout/index.ts";
import { usageFailure } from "../failure.ts";
import { stackOptions } from "../option-words.ts";
import type { Verb } from "../verb.ts";

/** How rollouts and stable versions ended: read from the files, whether a gateway lives or not. */
export const history: Verb = {
  usage: "history [id]",
  summary: "what ended, when, why and by whom; with an id everything it was judged on",
  example: "mlc history --stack prod",
  options: stackOptions,
  arguments: async (options) => (await import("../known-values.ts")).historyIds(options),
  async run(terminal, { args: [id], options }) {
    const { findProject } = await import("../project.ts");
    const project = await findProject(options);
    const { dataPlane } = project;
    const exists = await dataPlane.exists();
    const endpoints = exists ? await dataPlane.known() : [];
    const histories = endpoints.map(async ({ endpoint }) =>
      (await dataPlane.history(endpoint)).map((record) => ({ endpoint, ...record })),
    );
    const records = (await Promise.all(histories)).flat();
    if (id === undefined) {
      for (const record of records) terminal.say(renderRecord(record));
      if (!exists) {
        terminal.say(
          `There is no state folder ${dataPlane.place}: nothing was deployed from here, or it was removed, and the history with it.`,
        );
      } else if (records.length === 0) terminal.say("Nothing has ended yet.");
      return { facts: { stack: project.stack, stateFolder: exists ? dataPlane.place : null, records } };
    }
    const found = records.find((record) => record.id === id);
    const entry = found && (await dataPlane.historyEntry(found.endpoint, id));
    if (entry === undefined) throw usageFailure(`No record ${id}; \`mlc history\` lists them.`);
    terminal.say(JSON.stringify(entry, undefined, 2));
    return { facts: { stack: project.stack, entry } };
  },
};

function renderRecord({ id, how, to, stable, candidate, serving, cause, by, reason }: HistorySummary): string {
  const what = candidate === undefined ? stable : `${candidate} beside ${stable}`;
  return `${to}  ${how.padEnd(11)}  ${what}, since then ${serving} serves; ${cause}${by === undefined ? "" : ` (${by})`}: ${reason}\n  ${id}`;
}
