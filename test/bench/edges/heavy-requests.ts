const rows = 100_000;

/** The largest batch that a model server takes, in the Open Inference Protocol: texts of as many words as fit. */
export const heavyBatch: string = JSON.stringify({
  inputs: [
    {
      name: "text",
      shape: [rows],
      datatype: "BYTES",
      data: Array.from({ length: rows }, () => "a b c not good b c a d"),
    },
  ],
});
