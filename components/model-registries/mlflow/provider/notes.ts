import { isDeepStrictEqual } from "node:util";
import type { ResourceKind } from "../../../provider/kind.ts";
import { RemoteError } from "../../../sources/fetched/remote.ts";
import { explained, openRegistry, type RegistryApi, type RegistryPlace } from "../registry-api.ts";
import { type Outcome, outcomeOf, type Roles, roles } from "../roles.ts";

/** What is noted in a registry. */
export interface NotesInputs extends RegistryPlace {
  /** `<project>/<stack>`: each stack has tags of its own. */
  readonly stack: string;
  /** Where clients send requests. */
  readonly endpoint: string;
  /** Where people find what the verdicts rest on, by version. */
  readonly evidence: Readonly<Record<string, string>>;
  /** Numbers of registered versions, by version of the release; what is not known yet is noted another time. */
  readonly numbers: Readonly<Record<string, string>>;
  readonly roles: Roles;
  /** Versions of the release by alias. */
  readonly aliases: Readonly<Record<string, string>>;
}

/** Aliases and tags of a registered model, as far as they are this stack's. */
interface Noted {
  /** Numbers by alias. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Tags by number. */
  readonly tags: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What the engine keeps of it. */
export interface NotesState extends NotesInputs {
  readonly outcomes: Readonly<Record<string, Outcome>>;
  /** What is to stand in the registry. */
  readonly wanted: Noted;
  /** What stood there when it was last looked at. */
  readonly found: Noted;
  /** Aliases that this stack has given, and has not taken back yet: numbers by alias. */
  readonly given: Readonly<Record<string, string>>;
  /** Why it was not written, or not looked at; empty when it was. The next run does it. */
  readonly trouble: string;
}

type Where = NodeJS.ProcessEnv;

/**
 * What a registry says of a stack's versions. Nothing that goes wrong there is an error: by then the endpoint is as the
 * release says, and no way back may wait for a registry.
 * @param now the time, RFC 3339
 */
export const notes = (now: () => string): ResourceKind<NotesInputs, NotesState, Where> => ({
  replaces: ["server", "model"],
  ignores: ["token"],
  computed: ["outcomes", "wanted", "found", "given", "trouble"],
  nameOf: ({ server, model, stack }) => `${server}/${model} of ${stack}`,
  create: (where, inputs, before) => write(where, inputs, before, now()),
  update: (where, inputs, before) => write(where, inputs, before, now()),

  async read(where, state) {
    try {
      return { ...state, found: await look(openRegistry(state, where), state), trouble: "" };
    } catch (error) {
      return { ...state, trouble: troubleOf(error, state) };
    }
  },

  stands: (_where, { wanted, found, trouble }) => trouble === "" && isDeepStrictEqual(wanted, found),

  // What was noted stays: the registry is the team's.
  delete: async () => {},
});

async function write(
  where: Where,
  inputs: NotesInputs,
  before: NotesState | undefined,
  at: string,
): Promise<NotesState> {
  const outcomes = outcomesOf(inputs, before);
  const wanted = wantedOf(inputs, outcomes, before, at);
  const given = { ...before?.given, ...wanted.aliases };
  const state = { ...inputs, outcomes, wanted };
  const registry = openRegistry(inputs, where);
  try {
    await put(registry, { wanted, given: before?.given ?? {} }, await look(registry, { ...state, given }));
    return { ...state, found: wanted, given: wanted.aliases, trouble: "" };
  } catch (error) {
    const found = before?.found ?? { aliases: {}, tags: {} };
    return { ...state, found, given, trouble: troubleOf(error, inputs) };
  }
}

function troubleOf(error: unknown, place: RegistryPlace): string {
  if (error instanceof RemoteError) return explained(error, place);
  throw error;
}

function outcomesOf({ roles: after }: NotesInputs, before: NotesState | undefined): Record<string, Outcome> {
  const versions = new Set([...Object.keys(after), ...Object.keys(before?.roles ?? {})]);
  return Object.fromEntries(
    [...versions].flatMap((version) => {
      const outcome = outcomeOf(version, before?.roles ?? {}, after, before?.outcomes[version]);
      return outcome === undefined ? [] : [[version, outcome]];
    }),
  );
}

/** Where two versions of the release are one in the registry, it says what the more important of them is. */
function wantedOf(
  inputs: NotesInputs,
  outcomes: Readonly<Record<string, Outcome>>,
  before: NotesState | undefined,
  at: string,
): Noted {
  const rankOf = (version: string) => roles.indexOf(inputs.roles[version] ?? "removed");
  const gone = Object.entries(before?.numbers ?? {}).filter(([version]) => !(version in inputs.numbers));
  const numbered = [...Object.entries(inputs.numbers), ...gone];
  const ordered = numbered.toSorted(([one], [other]) => rankOf(other) - rankOf(one));
  const tags = ordered.map(([version, number]) => {
    const said = tagsOf(inputs, version, outcomes[version]);
    return [number, { ...said, ...sinceOf(inputs, said, before?.wanted.tags[number], at) }] as const;
  });
  const aliases = Object.entries(inputs.aliases).flatMap(([alias, version]) => {
    const number = inputs.numbers[version];
    return number === undefined ? [] : [[alias, number] as const];
  });
  // What was to be said last of a version that is gone, and could not be.
  const unsaid = before === undefined || before.trouble === "" ? {} : before.wanted.tags;
  return { aliases: Object.fromEntries(aliases), tags: { ...unsaid, ...Object.fromEntries(tags) } };
}

const prefixOf = ({ stack }: NotesInputs): string => `model-lifecycle/${stack}/`;

function tagsOf(inputs: NotesInputs, version: string, outcome: Outcome | undefined): Record<string, string> {
  const prefix = prefixOf(inputs);
  const evidence = inputs.evidence[version];
  return {
    [`${prefix}version`]: version,
    [`${prefix}role`]: inputs.roles[version] ?? "removed",
    [`${prefix}endpoint`]: inputs.endpoint,
    ...(outcome !== undefined && { [`${prefix}rollout`]: outcome }),
    ...(evidence !== undefined && { [`${prefix}evidence`]: evidence }),
  };
}

/** Since when a version is what it is. */
function sinceOf(
  inputs: NotesInputs,
  said: Readonly<Record<string, string>>,
  last: Readonly<Record<string, string>> | undefined,
  at: string,
): Record<string, string> {
  const since = `${prefixOf(inputs)}since`;
  const decides = [`${prefixOf(inputs)}role`, `${prefixOf(inputs)}rollout`];
  const isSame = last !== undefined && decides.every((key) => last[key] === said[key]);
  return { [since]: isSame ? (last[since] ?? at) : at };
}

/** What stands in the registry of what this stack writes, or has written. */
async function look(registry: RegistryApi, asked: NotesInputs & Pick<NotesState, "wanted" | "given">): Promise<Noted> {
  const { wanted, given } = asked;
  const aliases = Object.entries(await registry.aliases());
  const versions = await registry.versions();
  const tags = Object.keys(wanted.tags).map((number) => {
    const all = Object.entries(versions.get(number)?.tags ?? {});
    return [number, Object.fromEntries(all.filter(([key]) => key.startsWith(prefixOf(asked))))] as const;
  });
  return {
    aliases: Object.fromEntries(aliases.filter(([alias]) => alias in wanted.aliases || alias in given)),
    tags: Object.fromEntries(tags),
  };
}

/** Writes what differs. An alias that this stack has no use for any more is taken back, unless somebody else has moved it. */
async function put(
  registry: RegistryApi,
  { wanted, given }: Pick<NotesState, "wanted" | "given">,
  there: Noted,
): Promise<void> {
  for (const [number, tags] of Object.entries(wanted.tags)) {
    for (const [key, value] of Object.entries(tags)) {
      if (there.tags[number]?.[key] !== value) await registry.setTag(number, key, value);
    }
    for (const key of Object.keys(there.tags[number] ?? {})) {
      if (!(key in tags)) await registry.deleteTag(number, key);
    }
  }
  for (const [alias, number] of Object.entries(wanted.aliases)) {
    if (there.aliases[alias] !== number) await registry.setAlias(alias, number);
  }
  for (const [alias, number] of Object.entries(given)) {
    if (!(alias in wanted.aliases) && there.aliases[alias] === number) await registry.deleteAlias(alias);
  }
}
