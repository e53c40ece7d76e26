import type { Command } from "../command.ts";
import { exitCodeOf, readStackStatus, renderStackStatus, type StackStatus, servingCodeOf } from "../stack-status.ts";

export const status: Command = async (terminal, { options }) => {
  const seen = await terminal.during("asking the gateway", readStackStatus(options));
  terminal.say(renderStackStatus(seen, new Date(), terminal.paint));
  return { exitCode: options.exitCode ? exitCodeOf(seen) : servingCodeOf(seen), facts: factsOf(seen) };
};

/** Without the page's address: it holds the token. */
export const factsOf = ({
  project,
  release,
  problems,
  endpoints,
  findings,
}: StackStatus): Readonly<Record<string, unknown>> => ({
  stack: project.stack,
  model: release?.model.name ?? null,
  problems,
  release: release ?? null,
  findings,
  endpoints: endpoints.map(({ page: _page, ...endpoint }) => endpoint),
});
