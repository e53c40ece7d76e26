import type { Rehearsal, Rehearse } from "../../../components/platforms/rehearsal.ts";
import type { ResolvedRelease, ResolvedVersion } from "../../../components/release/index.ts";
import { type SignatureChanges, signatureChanges } from "./signature-changes.ts";

/** What was found out about a version before it is deployed. */
export interface CheckedVersion {
  readonly version: string;
  readonly rehearsal: Rehearsal;
  /** Absent for the stable version itself, and where that could not be started. */
  readonly against?: AgainstStable;
  /** What was not looked at, and why. */
  readonly unseen: readonly string[];
}

/** A version beside the stable one. */
export interface AgainstStable {
  readonly stable: string;
  /** Absent where one of them does not say what it takes and gives. */
  readonly signature?: SignatureChanges;
  /** Golden requests that both answered. */
  readonly compared: number;
  /** The lines of those that got another label. */
  readonly otherLabel: readonly number[];
  /** Labels that the stable version gave to none of them. */
  readonly newLabels: readonly string[];
}

/** What is to be checked. */
export interface CheckRequest {
  /** Folder of Pulumi.yaml, absolute. */
  readonly root: string;
  readonly release: ResolvedRelease;
  readonly version: string;
  readonly rehearse: Rehearse;
}

/** Starts a version, and the stable one beside it, and asks both the version's golden requests. */
export async function checkVersion({ root, release, version, rehearse }: CheckRequest): Promise<CheckedVersion> {
  const { model, rollout, versions } = release;
  const part = partOf(release, version);
  const rehearsal = await rehearse({ root, model: model.name, version, part });
  const unseen = unseenIn(version, part, rehearsal);
  const { stable } = rollout;
  const beside = versions[stable];
  if (stable === version || beside?.deployed !== true || rehearsal.readyMs === undefined) {
    return { version, rehearsal, unseen };
  }
  const { golden } = part.checks;
  const asked = { ...beside, checks: { floor: {}, ...(golden !== undefined && { golden }) } };
  const before = await rehearse({ root, model: model.name, version: stable, part: asked });
  if (before.readyMs === undefined) {
    return { version, rehearsal, unseen: [...unseen, `how it differs from ${stable}: that does not start here`] };
  }
  const against = compare(stable, before, rehearsal);
  const silent = against.signature === undefined ? [`whether it takes what ${stable} takes: not both say it`] : [];
  return { version, rehearsal, against, unseen: [...unseen, ...silent] };
}

/** The version of the release. @throws RangeError when there is none of the name */
function partOf({ versions }: ResolvedRelease, version: string): ResolvedVersion {
  const part = versions[version];
  if (part === undefined) throw new RangeError(`there is no version ${version}`);
  return part;
}

function unseenIn(version: string, { checks }: ResolvedVersion, { readyMs }: Rehearsal): readonly string[] {
  if (readyMs === undefined) return [];
  const { golden, latencyMs } = checks;
  if (golden === undefined) return [`what it answers: versions.${version}.checks.golden names no requests`];
  return latencyMs === undefined ? [`whether it is fast enough: versions.${version}.checks.latency says no limit`] : [];
}

function compare(stable: string, before: Rehearsal, after: Rehearsal): AgainstStable {
  const both = [...after.labels].filter(([line]) => before.labels.has(line));
  const known = new Set(before.labels.values());
  return {
    stable,
    ...(before.signature &&
      after.signature && { signature: signatureChanges(stable, before.signature, after.signature) }),
    compared: both.length,
    otherLabel: both.flatMap(([line, label]) => (before.labels.get(line) === label ? [] : [line])),
    newLabels: [...new Set(both.flatMap(([, label]) => (known.has(label) ? [] : [label])))],
  };
}

/** Everything that keeps a version from being deployed. */
export const failuresIn = ({ rehearsal, against }: CheckedVersion): readonly string[] => [
  ...rehearsal.failures,
  ...(against?.signature?.breaks ?? []),
];
