import type { Command } from "../command.ts";
import { exitCodes } from "../failure.ts";
import { exitCodeOf, readStackStatus, renderStackStatus, type StackStatus } from "../stack-status.ts";

export const status: Command = async (terminal, { options }) => {
  const seen = await terminal.during("asking the gateway", readStackStatus(options));
  terminal.say(renderStackStatus(seen, new Date(), terminal.paint));
  return { exitCode: options.exitCode ? exitCodeOf(seen) : exitCodes.done, facts: factsOf(seen) };
};

/** Without the page's address: it holds the token. */
export const factsOf = ({ project, release, problems, endpoints }: StackStatus): Readonly<Record<string, unknown>> => ({
  stack: project.stack,
  model: release?.model.name ?? null,
  problems,
  release: release ?? null,
  endpoints: endpoints.map(({ page: _page, ...endpoint }) => endpoint),
});
