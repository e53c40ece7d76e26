import { type Capability, restrictsNothing, yesOrNo } from "./capability.ts";

/** Whether a request may name its version itself. */
export const pinning: Capability<boolean> = {
  means: "A request may name its version itself, by the header `x-model-version`.",
  refuses: "Nothing: no release asks for it, and callers find out by the answer.",
  check: restrictsNothing,
  describe: yesOrNo,
};
