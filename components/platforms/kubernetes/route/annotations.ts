/** Labels of every object of a model. */
export const labels = {
  model: "model-lifecycle.dev/model",
  version: "model-lifecycle.dev/version",
  /** Of the HTTPRoute: the project and the stack that made it (`stackLabel`). Whoever takes traffic back finds it by this. */
  stack: "model-lifecycle.dev/stack",
} as const;

/** Annotations of the HTTPRoute. */
export const annotations = {
  /** What the program asks for: a `RouteOrder`. The program's. */
  order: "model-lifecycle.dev/order",
  /** The intent of the state that the rules were written for, by its number. Whoever writes the rules owns it, and the two below. */
  fence: "model-lifecycle.dev/fence",
  /** The identity of the rollout that was ended; empty while none was. The second record beside the state: an end outlives either. */
  ended: "model-lifecycle.dev/ended",
  /** Who wrote the rules last, and when: `controller sentiment-controller-7d9f 2026-11-26T18:00:00Z`. */
  writtenBy: "model-lifecycle.dev/written-by",
} as const;
