import { type EndpointChoice, type EndpointLook, type Finding, type Look, note } from "../../data-plane.ts";
import { findStateFolder } from "../state-folder/folder.ts";
import type { Place } from "../state-folder/place.ts";
import { askStatus, findGateways, pageUrl } from "./gateways.ts";
import { checkOrphans, findDamage } from "./inspection.ts";
import { lookAtProcesses, lookAtSupervisor } from "./process-looks.ts";

/** Asks every gateway and every process. @throws HostError when the folder is another user's, a newer version's or another machine's */
export async function look({ path, warning }: Place, choice: EndpointChoice): Promise<Look> {
  const folder = findStateFolder(path);
  const gateways = findGateways(path, choice);
  const [looks, answers] = await Promise.all([
    folder === undefined ? [] : lookAtProcesses(folder),
    Promise.all(gateways.map((gateway) => askStatus(path, gateway))),
  ]);
  const silent = new Set(looks.filter(({ ready }) => !ready).map(({ name }) => name));
  const endpoints = gateways.flatMap((gateway, index): readonly EndpointLook[] => {
    const answer = answers[index];
    const serves = answer?.status !== undefined && !silent.has(gateway.stableServer ?? "");
    const places = { url: `http://127.0.0.1:${gateway.port}`, page: pageUrl(gateway) };
    return answer === undefined ? [] : [{ ...answer, ...places, serves }];
  });
  const all: readonly Finding[] = [
    ...(folder === undefined ? checkOrphans(path) : [lookAtSupervisor(folder)]),
    ...looks.map(({ finding }) => finding),
    ...gateways.flatMap(findDamage),
    ...(warning === undefined ? [] : [note("state folder", warning)]),
  ];
  return { endpoints, findings: all.filter((finding) => !finding.ok || finding.note) };
}
