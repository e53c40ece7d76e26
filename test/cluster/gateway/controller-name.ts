/** Who says that it does what a Gateway of the lane asks for. */
export const CONTROLLER = "model-lifecycle.dev/test-gateway";
