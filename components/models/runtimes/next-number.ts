import type { Precision } from "../manifest.ts";

/** The least number of this precision that is larger (IEEE 754, nextUp). */
export function above(value: number, precision: Precision): number {
  if (precision === "float64") return nextUp(value);
  const rounded = Math.fround(value);
  return rounded > value ? rounded : nextUp32(rounded);
}

function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return view.getFloat64(0);
}

function nextUp32(value: number): number {
  const view = new DataView(new ArrayBuffer(4));
  if (value === 0) view.setInt32(0, 1);
  else {
    view.setFloat32(0, value);
    view.setInt32(0, view.getInt32(0) + (value > 0 ? 1 : -1));
  }
  return view.getFloat32(0);
}
