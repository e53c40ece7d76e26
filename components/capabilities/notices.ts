import { type Capability, restrictsNothing, yesOrNo } from "./capability.ts";

/** Whether clients hear of a version's end by its answers. */
export const notices: Capability<boolean> = {
  means: "Answers of a version on its way out carry the date of its end, in the headers `Deprecation` and `Sunset`.",
  refuses: "Nothing: the notice stands in the release, and its time runs, also where no answer carries it.",
  check: restrictsNothing,
  describe: yesOrNo,
};
