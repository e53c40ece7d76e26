import type { Release } from "../../components/release/index.ts";

export interface ReleaseSketch {
  /** Pins by version; each is served from `models/<version>` unless `from` says otherwise. */
  readonly pins: Readonly<Record<string, string>>;
  readonly from?: Readonly<Record<string, string>>;
  readonly checks?: Readonly<Record<string, object>>;
  readonly rollout?: object;
  readonly release?: object;
}

/** The release of a sentiment model, each step an edit: as a user writes it. */
export function releaseOf({ pins, from = {}, checks = {}, rollout = {}, release = {} }: ReleaseSketch): Release {
  const versions = Object.entries(pins).map(([version, sha256]) => [
    version,
    {
      source: { kind: "path", path: from[version] ?? `models/${version}`, sha256 },
      ...(checks[version] && { checks: checks[version] }),
    },
  ]);
  return {
    model: { name: "sentiment", owner: "nlp-platform", riskTier: "low" },
    platform: { kind: "local" },
    versions: Object.fromEntries(versions),
    rollout: { stable: "v1", advance: "manual", guards: [{ metric: "errorRate", margin: "2pp" }], ...rollout },
    ...release,
  } as Release;
}
