/** Whether a value is one of a datatype of the Open Inference Protocol, and what it is as a number of this process. */
interface Datatype {
  readonly allowed: string;
  readonly read: (value: unknown) => number | undefined;
}

const integer = (least: number, most: number): Datatype => ({
  allowed: `whole numbers from ${least} to ${most}`,
  read: (value) =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most ? value : undefined,
});

const float = (most: number, round: (value: number) => number): Datatype => ({
  allowed: `finite numbers up to ${most.toPrecision(3)}`,
  read: (value) =>
    typeof value === "number" && Number.isFinite(value) && Math.abs(value) <= most ? round(value) : undefined,
});

/** Whole numbers beyond 2^53 - 1 have lost their last digits when JSON has been read. */
const safe = Number.MAX_SAFE_INTEGER;

const HALF_MOST = 65_504;

/** To the nearest number with 11 significant bits, ties to even; below 2^-14 the step is 2^-24 (IEEE 754 binary16). */
function halfRound(value: number): number {
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(value) || Number.MIN_VALUE)));
  const step = 2 ** (exponent - 10);
  const scaled = value / step;
  const down = Math.floor(scaled);
  const rest = scaled - down;
  const whole = rest > 0.5 || (rest === 0.5 && down % 2 !== 0) ? down + 1 : down;
  return whole * step;
}

/** Numbers by their datatype: FP32 and FP16 are rounded as a server of that precision reads them. */
export const numericDatatypes: Readonly<Record<string, Datatype>> = {
  FP64: float(Number.MAX_VALUE, (value) => value),
  FP32: float(3.402_823_466_385_288_6e38, Math.fround),
  FP16: float(HALF_MOST, halfRound),
  INT8: integer(-128, 127),
  INT16: integer(-32_768, 32_767),
  INT32: integer(-(2 ** 31), 2 ** 31 - 1),
  INT64: integer(-safe, safe),
  UINT8: integer(0, 255),
  UINT16: integer(0, 65_535),
  UINT32: integer(0, 2 ** 32 - 1),
  UINT64: integer(0, safe),
};
