import type { Timestamp } from "../../../components/release/index.ts";
import { changeOptions, configuredVersions } from "../option-words.ts";
import type { ChangeOptions } from "../options.ts";
import type { Verb } from "../verb.ts";

interface DeprecateOptions extends ChangeOptions {
  readonly sunset?: string;
  readonly successor?: string;
}

/** Gives notice of a version. */
export const deprecate: Verb<DeprecateOptions> = {
  usage: "deprecate <version>",
  summary: "give notice: answers carry Deprecation and Sunset headers",
  example: "mlc deprecate v1 --sunset 2027-05-31 --successor v2",
  options: [
    ...changeOptions,
    { flags: "--sunset <date>", description: "the last day, or an RFC 3339 time in UTC", required: true },
    { flags: "--successor <version>", description: "what to use instead [stable]", values: configuredVersions },
  ],
  arguments: configuredVersions,
  async run(terminal, { args: [version = ""], options }) {
    const { changeRelease } = await import("../change.ts");
    const { deprecate: move } = await import("../../../components/lifecycle/index.ts");
    const { sunset = "", successor } = options;
    const notice = { version, sunset: timestampOf(sunset), ...(successor === undefined ? {} : { successor }) };
    return changeRelease(terminal, options, { move: (release) => move(release, { ...notice, now: new Date() }) });
  },
};

/** A day means its first moment in UTC. */
const timestampOf = (sunset: string): Timestamp =>
  (/^\d{4}-\d{2}-\d{2}$/.test(sunset) ? `${sunset}T00:00:00Z` : sunset) as Timestamp;
