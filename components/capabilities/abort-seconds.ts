import { type Capability, restrictsNothing } from "./capability.ts";

/** The longest from an abort until the candidate gets no request any more, in seconds: more than 0. */
export const abortSeconds: Capability<number> = {
  means: "The longest from an abort until the candidate gets no request any more.",
  refuses: "Nothing: it is what the person on call has to know.",
  check: restrictsNothing,
  describe: (seconds) => (seconds === 1 ? "1 second" : `${seconds} seconds`),
};
