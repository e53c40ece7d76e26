import type { IncomingMessage, ServerResponse } from "node:http";

/** The registry of a stand-in. */
export interface RegistryStandIn {
  /** Versions of each registered model by what they were registered from: `fraud/1`. */
  readonly versions: Map<string, { readonly source: string }>;
  /** Versions by alias: `fraud@champion`. */
  readonly aliases: Map<string, string>;
  /** Tags of each registered version. */
  readonly tags: Map<string, Map<string, string>>;
}

/** What the registry of the stand-in is told, and asked of more than one version. */
export async function answerRegistry(
  state: RegistryStandIn,
  request: IncomingMessage,
  response: ServerResponse,
  asked: string,
): Promise<void> {
  const said = await bodyOf(request);
  const { name = "", alias = "", version = "", key = "", value = "" } = said;
  const at = `${name}/${version}`;
  if (asked === "DELETE registered-models/alias") {
    state.aliases.delete(`${name}@${alias}`);
    json(response, {});
    return;
  }
  if (!state.versions.has(at)) {
    return refuse(
      response,
      404,
      "RESOURCE_DOES_NOT_EXIST",
      `Model Version (name=${name}, version=${version}) not found`,
    );
  }
  const tags = state.tags.get(at) ?? new Map<string, string>();
  state.tags.set(at, tags);
  if (asked === "POST registered-models/alias") state.aliases.set(`${name}@${alias}`, version);
  else if (asked === "POST model-versions/set-tag") tags.set(key, value);
  else tags.delete(key);
  json(response, {});
}

/** A page of a hundred of a model's versions, as the filter `name='…'` asks for them. */
export function searchVersions(state: RegistryStandIn, response: ServerResponse, url: URL): void {
  const [, name = ""] = /^name=['"](.*)['"]$/.exec(url.searchParams.get("filter") ?? "") ?? [];
  const start = Number(url.searchParams.get("page_token") ?? "0");
  const all = versionsOf(state, name);
  const page = { model_versions: all.slice(start, start + 100) };
  if (all.length === 0) json(response, {});
  else json(response, all.length > start + 100 ? { ...page, next_page_token: String(start + 100) } : page);
}

/** A registered model with its aliases, which are left out where there are none. */
export function registeredModel(state: RegistryStandIn, response: ServerResponse, name: string): void {
  if (versionsOf(state, name).length === 0) {
    refuse(response, 404, "RESOURCE_DOES_NOT_EXIST", `Registered Model with name=${name} not found`);
    return;
  }
  const aliases = [...state.aliases].flatMap(([alias, version]) =>
    alias.startsWith(`${name}@`) ? [{ alias: alias.slice(name.length + 1), version }] : [],
  );
  json(response, { registered_model: { name, ...(aliases.length > 0 && { aliases }) } });
}

const versionsOf = ({ versions, tags }: RegistryStandIn, name: string): readonly object[] =>
  [...versions].flatMap(([at, { source }]) => {
    if (!at.startsWith(`${name}/`)) return [];
    const noted = [...(tags.get(at) ?? [])].map(([key, value]) => ({ key, value }));
    const version = at.slice(name.length + 1);
    return [
      { name, version, current_stage: "None", source, status: "READY", ...(noted.length > 0 && { tags: noted }) },
    ];
  });

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, string>>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Readonly<Record<string, string>>;
}

/** How MLflow refuses. */
export function refuse(response: ServerResponse, status: number, code: string, message: string) {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify({ error_code: code, message }));
}

/** How it answers. */
export const json = (response: ServerResponse, answer: unknown): void =>
  void response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer));
