import { z } from "zod";
import { RemoteError } from "../fetched/remote.ts";
import { artifactAddress, pathOf, type TrackingServer } from "./tracking-server.ts";

/** What a reference leads to: a model, or where files are. */
export type Target = { readonly modelId: string } | { readonly artifacts: string };

const versionAnswer = z.object({ model_version: z.object({ version: z.string(), source: z.string() }) });
const runAnswer = z.object({ run: z.object({ info: z.object({ artifact_uri: z.string() }) }) });
const addressAnswer = z.object({ artifact_uri: z.string() });

/**
 * Looks a reference up: `models:/NAME@ALIAS`, `models:/NAME/VERSION`, `models:/m-ID`, `runs:/RUN/PATH`. A version's number is given
 * anew when its model is deleted and made again, so it is an address and no identity.
 * @throws RemoteError; undefined for another form
 */
export async function lookUp(server: TrackingServer, reference: string): Promise<Target | undefined> {
  const [, name = "", alias, version] = /^models:\/([^/@]+)(?:@([^/@]+)|\/(\d+))$/.exec(reference) ?? [];
  if (alias !== undefined) {
    const asked = `mlflow/registered-models/alias?${new URLSearchParams({ name, alias })}`;
    return targetOf(server, name, (await server.ask(asked, versionAnswer)).model_version);
  }
  if (version !== undefined) {
    const asked = `mlflow/model-versions/get?${new URLSearchParams({ name, version })}`;
    return targetOf(server, name, (await server.ask(asked, versionAnswer)).model_version);
  }
  const [, modelId] = /^models:\/(m-[0-9a-f]{32})$/.exec(reference) ?? [];
  if (modelId !== undefined) return { modelId };
  const [, run, path] = /^runs:\/([^/]+)\/(.+)$/.exec(reference) ?? [];
  return run === undefined || path === undefined ? undefined : ofRun(server, run, path);
}

async function targetOf(
  server: TrackingServer,
  name: string,
  { version, source }: z.output<typeof versionAnswer>["model_version"],
): Promise<Target> {
  const [, modelId] = /^models:\/(m-[0-9a-f]{32})$/.exec(source) ?? [];
  if (modelId !== undefined) return { modelId };
  const asked = `mlflow/model-versions/get-download-uri?${new URLSearchParams({ name, version })}`;
  const { artifact_uri: uri } = await server.ask(asked, addressAnswer);
  const [, run, path] = /^runs:\/([^/]+)\/(.+)$/.exec(uri) ?? [];
  if (run !== undefined && path !== undefined) return ofRun(server, run, path);
  return { artifacts: artifactAddress(pathOf(uri)) };
}

async function ofRun(server: TrackingServer, run: string, path: string): Promise<Target> {
  const { run: found } = await server.ask(`mlflow/runs/get?${new URLSearchParams({ run_id: run })}`, runAnswer);
  const root = pathOf(found.info.artifact_uri);
  if (path.split("/").some((part) => /^\.{0,2}$/.test(part)))
    throw new RemoteError(`${JSON.stringify(path)} leaves the run`);
  return { artifacts: artifactAddress(`${root}/${path}`) };
}
