import { type Capability, restrictsNothing, yesOrNo } from "./capability.ts";

/** Whether clients of a retired version get 410 Gone. */
export const gone: Capability<boolean> = {
  means: "Requests that name a retired version are answered by 410 and the name of its successor.",
  refuses: "Nothing: a retired version is served nowhere; without this, clients get the platform's own error.",
  check: restrictsNothing,
  describe: yesOrNo,
};
