import * as release from "../../components/release/index.ts";
import * as traffic from "../../components/traffic/index.ts";
import { releaseOf } from "../support/release.ts";

/** A release whose one version is answered for by a command. */
function releaseOfCommand(serve: object): object {
  const { versions, ...rest } = releaseOf({ pins: { v1: "a".repeat(64) } });
  return { ...rest, versions: { v1: { ...versions.v1, serve: { kind: "command", ...serve } } } };
}

export const parseRelease = (serve: object) => release.parseRelease(releaseOfCommand(serve));
export const checkRelease = (serve: object) => release.checkRelease(releaseOfCommand(serve));
export const planTraffic = (serve: object) => traffic.planTraffic(parseRelease(serve));
