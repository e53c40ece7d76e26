import { z } from "zod";
import { readJson } from "../../../host/atomic-file.ts";
import { HostError } from "../../../host/host-error.ts";
import { recordedContent, recordOfContent } from "../../../sources/recorded.ts";
import type { TrafficPlan } from "../../../traffic/index.ts";
import { requireArchive } from "../state-folder/archive-damage.ts";
import type { ArchiveName } from "../state-folder/archive-manifest.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { gatewayPaths } from "../state-folder/paths.ts";

/** Why versions that serve may not be retired: each needs its verified archive first, every file of which is read now. */
export async function checkRetired(folder: StateFolder, plan: TrafficPlan): Promise<readonly string[]> {
  const before = planInForce(folder, plan.model);
  if (before === undefined) return [];
  const reasons: string[] = [];
  for (const [version, { content }] of Object.entries(before.versions)) {
    if (plan.notices[version]?.phase !== "retired") continue;
    try {
      await requireArchive(folder, { model: plan.model, version, content });
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      reasons.push(`${version} is not retired: ${error.message}`);
    }
  }
  return reasons;
}

/** @throws HostError when these are files of a retired version without a verified archive: they may be the last ones. */
export async function requireRecord(
  folder: StateFolder,
  { model, version, content }: Partial<ArchiveName> & { readonly content: string },
): Promise<void> {
  if (model === undefined || version === undefined) return;
  if (planInForce(folder, model)?.notices[version]?.phase !== "retired") return;
  await requireArchive(folder, { model, version, content });
}

/** Whether a version that was archived is deployed like any other again. */
export function isReinstated(folder: StateFolder, { model, version }: ArchiveName): boolean {
  const plan = planInForce(folder, model);
  return plan?.versions[version] !== undefined && plan.notices[version] === undefined;
}

/** The part of the plan that says who is deployed and who is on the way out. */
const planInForce = (folder: StateFolder, model: string): z.output<typeof routeSchema>["plan"] | undefined =>
  readJson(folder.path(gatewayPaths(model).route), routeSchema)?.plan;

const routeSchema = z.object({
  plan: z.object({
    versions: z.record(z.string(), recordOfContent(z.object({ content: recordedContent }))),
    notices: z.record(z.string(), z.object({ phase: z.string() })),
  }),
});
