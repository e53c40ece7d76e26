import type { ReadableFile } from "./readable-file.ts";

// https://protobuf.dev/programming-guides/encoding: fields one behind the other, each with its number, how long it is, and
// its bytes. What nobody asks for is stepped over, so that gigabytes of weights are never read.

/** A file is no message, or one that is cut. */
export class WireError extends Error {
  override readonly name = "WireError";
}

/** A field of a message: a number, or where its bytes are. */
export interface Field {
  readonly number: number;
  /** Of a field that is one; else undefined. */
  readonly value: number | undefined;
  readonly from: number;
  readonly to: number;
}

const WINDOW_BYTES = 65_536;

/** Reads fields of a file. */
export interface Wire {
  readonly fields: (from: number, to: number) => Generator<Field>;
  readonly text: (field: Field) => string;
}

/** Opens a file of one message. Fields are read when they are asked for. @throws WireError where it breaks off */
export function openWire({ read, bytes }: ReadableFile): Wire {
  let window: { readonly from: number; readonly bytes: Buffer } = { from: 0, bytes: Buffer.alloc(0) };
  const byteAt = (at: number, to: number): number => {
    if (at >= to) throw new WireError(`breaks off at byte ${Math.min(at, bytes)}`);
    if (at < window.from || at >= window.from + window.bytes.length)
      window = { from: at, bytes: read(at, WINDOW_BYTES) };
    const byte = window.bytes[at - window.from];
    if (byte === undefined) throw new WireError(`breaks off at byte ${bytes}`);
    return byte;
  };

  /** A number, and where it ends. What 53 bits do not hold is none that is asked for: it is let pass as infinite. */
  function varint(at: number, to: number): readonly [value: number, end: number] {
    let value = 0;
    for (let count = 0; count < 10; count += 1) {
      const byte = byteAt(at + count, to);
      value += (byte & 0x7f) * 2 ** (7 * count);
      if (byte < 0x80) return [value > Number.MAX_SAFE_INTEGER ? Number.POSITIVE_INFINITY : value, at + count + 1];
    }
    throw new WireError(`has a number without an end at byte ${at}`);
  }

  function* fields(from: number, to: number): Generator<Field> {
    for (let at = from; at < to; ) {
      const [tag, body] = varint(at, to);
      const [number, type] = [Math.floor(tag / 8), tag % 8];
      const [value, after] = type === 0 || type === 2 ? varint(body, to) : [0, body];
      const length = type === 2 ? value : type === 1 ? 8 : type === 5 ? 4 : type === 0 ? 0 : Number.NaN;
      if (number === 0 || Number.isNaN(length)) throw new WireError(`is broken at byte ${at}`);
      const end = after + length;
      if (end > to) throw new WireError(`has a field at byte ${at} that goes on behind its end`);
      yield { number, value: type === 0 ? value : undefined, from: after, to: end };
      at = end;
    }
  }

  return { fields, text: (field) => read(field.from, field.to - field.from).toString("utf8") };
}
