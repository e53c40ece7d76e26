/** Model servers that need no more than their name; `container` is any other. */
export const serverKinds = ["container", "kserve", "mlserver", "torchserve", "triton", "vllm"] as const;

/** One of them. */
export type ServerKind = (typeof serverKinds)[number];
