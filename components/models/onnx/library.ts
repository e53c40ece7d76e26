import { errorCode } from "../../host/host-error.ts";

/** ONNX Runtime, as npm has it. */
export type OnnxRuntime = typeof import("onnxruntime-node");

/**
 * Loads ONNX Runtime, which only projects with such models install.
 * @throws Error with the line that installs it
 */
export async function loadOnnxRuntime(): Promise<OnnxRuntime> {
  try {
    return await import("onnxruntime-node");
  } catch (error) {
    if (errorCode(error) !== "ERR_MODULE_NOT_FOUND") throw error;
    throw new Error("ONNX Runtime is not installed; run `npm install onnxruntime-node` in the project's folder", {
      cause: error,
    });
  }
}
