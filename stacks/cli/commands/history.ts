import {
  type HistorySummary,
  readHistory,
  readHistoryEntry,
} from "../../../components/platforms/local/gateway/history.ts";
import { findStateFolder } from "../../../components/platforms/local/state-folder/folder.ts";
import type { Command } from "../command.ts";
import { usageFailure } from "../failure.ts";
import { knownGateways } from "../gateways.ts";
import { findProject } from "../project.ts";

/** How rollouts and stable versions ended: read from the files, whether a gateway lives or not. */
export const history: Command = async (terminal, { args: [id], options }) => {
  const project = findProject(options);
  const folder = findStateFolder(project.stateFolder);
  const endpoints = folder === undefined ? [] : knownGateways(project.stateFolder).map(({ endpoint }) => endpoint);
  const records = endpoints.flatMap((endpoint) =>
    (folder === undefined ? [] : readHistory(folder, endpoint)).map((record) => ({ endpoint, ...record })),
  );
  if (id === undefined) {
    for (const record of records) terminal.say(renderRecord(record));
    if (folder === undefined) {
      terminal.say(
        `There is no state folder ${project.stateFolder}: nothing was deployed from here, or it was removed, and the history with it.`,
      );
    } else if (records.length === 0) terminal.say("Nothing has ended yet.");
    return { facts: { stack: project.stack, stateFolder: folder === undefined ? null : project.stateFolder, records } };
  }
  const found = records.find((record) => record.id === id);
  const entry = folder && found && readHistoryEntry(folder, found.endpoint, id);
  if (entry === undefined) throw usageFailure(`No record ${id}; \`mlc history\` lists them.`);
  terminal.say(JSON.stringify(entry, undefined, 2));
  return { facts: { stack: project.stack, entry } };
};

function renderRecord({ id, how, to, stable, candidate, serving, cause, by, reason }: HistorySummary): string {
  const what = candidate === undefined ? stable : `${candidate} beside ${stable}`;
  return `${to}  ${how.padEnd(11)}  ${what}, since then ${serving} serves; ${cause}${by === undefined ? "" : ` (${by})`}: ${reason}\n  ${id}`;
}
