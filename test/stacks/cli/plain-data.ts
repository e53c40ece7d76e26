/** Data as the engine's reader prints it: whole numbers of any size and what is no number included. */
export const plainData = (data: unknown): unknown =>
  JSON.parse(
    JSON.stringify(data ?? null, (_, value: unknown) => {
      if (typeof value === "bigint") return Number(value);
      if (typeof value !== "number" || Number.isFinite(value)) return value;
      return Number.isNaN(value) ? "NaN" : `${value > 0 ? "+" : "-"}Inf`;
    }),
  );
