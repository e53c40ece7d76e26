import { isDeepStrictEqual } from "node:util";
import type { ResolvedRelease } from "../../../components/release/index.ts";
import { renderPercent } from "../../../components/release/units.ts";

/** What an edit of a release means, a sentence each; empty when it means nothing. */
export function describeChange(before: ResolvedRelease | undefined, after: ResolvedRelease): readonly string[] {
  const { model, platform, rollout } = after;
  if (before === undefined) {
    return [`${model.name} is new: ${rollout.stable} serves, on platform ${platform.kind}`, ...begins(after)];
  }
  return [
    ...(isDeepStrictEqual(before.platform, platform) ? [] : [`the platform's settings change (${platform.kind})`]),
    ...versionsOf(before, after),
    ...rolesOf(before, after),
    ...retirementOf(before, after),
    ...termsOf(before, after),
  ];
}

const targetOf = ({ rollout: { weight } }: ResolvedRelease): string => {
  if (weight === undefined) return "no traffic";
  return weight.kind === "shadow" ? "copies alone" : renderPercent(weight.weight);
};

const begins = (after: ResolvedRelease): readonly string[] =>
  after.rollout.candidate === undefined
    ? []
    : [`${after.rollout.candidate} goes on trial beside ${after.rollout.stable}, up to ${targetOf(after)}`];

function rolesOf(before: ResolvedRelease, after: ResolvedRelease): readonly string[] {
  const [was, is] = [before.rollout, after.rollout];
  if (is.stable !== was.stable) {
    const how = is.stable === was.candidate ? "is promoted: it serves" : "serves";
    const override = is.override === undefined ? "" : `, by an override: ${is.override}`;
    return [`${is.stable} ${how} in place of ${was.stable}${override}`, ...begins(after)];
  }
  if (is.candidate === was.candidate) {
    const [from, to] = [targetOf(before), targetOf(after)];
    if (is.candidate === undefined || from === to) return [];
    return [`${is.candidate} may get ${to} instead of ${from}`];
  }
  const taken = was.candidate === undefined ? [] : [`${was.candidate} is taken out; ${is.stable} goes on serving`];
  return [...taken, ...begins(after)];
}

function versionsOf(before: ResolvedRelease, after: ResolvedRelease): readonly string[] {
  const added = Object.keys(after.versions).filter((name) => before.versions[name] === undefined);
  const removed = Object.keys(before.versions).filter((name) => after.versions[name] === undefined);
  const changed = Object.entries(after.versions).flatMap(([name, { source, serve }]) => {
    const old = before.versions[name];
    if (old === undefined) return [];
    if (old.source.content !== source.content) return [`${name} gets other content under its name`];
    return isDeepStrictEqual(old.serve, serve) ? [] : [`another program, or other settings, answer for ${name}`];
  });
  return [
    ...added.map((name) => `${name} is a new version`),
    ...removed.map((name) => `${name} leaves the document`),
    ...changed,
  ];
}

function retirementOf(before: ResolvedRelease, after: ResolvedRelease): readonly string[] {
  const names = new Set([...Object.keys(before.retirement), ...Object.keys(after.retirement)]);
  return [...names].flatMap((name) => {
    const [was, is] = [before.retirement[name], after.retirement[name]];
    if (is === undefined) return [`${name} is no longer on its way out`];
    return isDeepStrictEqual(was, is) ? [] : [`${name} is ${is.phase}`];
  });
}

function termsOf(before: ResolvedRelease, after: ResolvedRelease): readonly string[] {
  const guards = isDeepStrictEqual(before.rollout.guards, after.rollout.guards)
    ? []
    : [
        `candidates are judged by other guards: ${after.rollout.guards.map(({ metric }) => metric).join(", ") || "none"}`,
      ];
  const steps = isDeepStrictEqual(before.rollout.steps, after.rollout.steps) ? [] : ["the steps of the climb change"];
  return [...guards, ...steps];
}
