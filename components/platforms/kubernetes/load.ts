import { errorCode } from "../../host/host-error.ts";
import { refusal } from "../../kit/index.ts";
import type { LoadPlatform } from "../platform.ts";

const { kubernetes } = await import("./index.ts").catch((error: unknown) => {
  if (errorCode(error) !== "ERR_MODULE_NOT_FOUND") throw error;
  throw refusal(
    'model-lifecycle:release.platform.kind: seen "kubernetes", and no package @pulumi/kubernetes; allowed: the package beside the program. Install it: npm install @pulumi/kubernetes',
  );
});

/** What serves by `platform: { kind: kubernetes }`. */
export const load: LoadPlatform = (platform) => kubernetes({ platform });
