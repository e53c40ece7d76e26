import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseAllDocuments } from "yaml";
import type { Api } from "./api.ts";

const crds = join(import.meta.dirname, "../crds");
const PATH = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

interface Definition {
  readonly metadata: { readonly name: string };
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

/** Creates every definition of `crds/`, and waits until the server takes objects of them. */
export async function applyDefinitions(api: Api): Promise<void> {
  const definitions = readDefinitions();
  await Promise.all(definitions.map((each) => api.create(PATH, each)));
  await Promise.all(definitions.map((each) => established(api, each.metadata.name)));
}

function readDefinitions(): readonly Definition[] {
  const files = readdirSync(crds, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".yaml"));
  return files.flatMap((file) =>
    parseAllDocuments(readFileSync(join(crds, file), "utf8")).map((document) => document.toJS() as Definition),
  );
}

async function established(api: Api, name: string): Promise<void> {
  for (;;) {
    const { status } = await api.get<Definition>(`${PATH}/${name}`);
    if (status?.conditions?.some(({ type, status }) => type === "Established" && status === "True")) return;
    await sleep(50);
  }
}
