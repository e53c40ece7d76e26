import { z } from "zod";
import type { ReadableFile } from "./readable-file.ts";
import { repeatedKey } from "./repeated-key.ts";

// https://github.com/huggingface/safetensors#format: eight bytes that say how long the header is, the header in JSON, and the
// tensors one behind the other. Readers differ in what they let pass; nothing that two of them may read differently is let in.

const LENGTH_BYTES = 8;
/** What the format's own library reads at most. */
const LONGEST_HEADER = 100_000_000;

/** Bits of a number of each type: https://github.com/huggingface/safetensors/blob/main/safetensors/src/tensor.rs */
const BITS: Readonly<Record<string, number>> = {
  ...{ F4: 4, F6_E2M3: 6, F6_E3M2: 6 },
  ...{ BOOL: 8, U8: 8, I8: 8, F8_E5M2: 8, F8_E4M3: 8, F8_E8M0: 8, F8_E4M3FNUZ: 8, F8_E5M2FNUZ: 8 },
  ...{ I16: 16, U16: 16, F16: 16, BF16: 16 },
  ...{ I32: 32, U32: 32, F32: 32 },
  ...{ F64: 64, I64: 64, U64: 64, C64: 64 },
};

const whole = z.int().min(0);
const tensor = z.strictObject({ dtype: z.string(), shape: z.array(whole), data_offsets: z.tuple([whole, whole]) });
const metadata = z.record(z.string(), z.string());
type Tensor = z.output<typeof tensor>;

/** What is wrong with the header of a file of safetensors; undefined when nothing is. */
export function safetensorsProblem(file: ReadableFile): string | undefined {
  const length = headerLength(file);
  if (typeof length === "string") return length;
  const text = headerText(file.read(LENGTH_BYTES, length));
  if (text === undefined) return "has a header that is no JSON object in UTF-8";
  const repeated = repeatedKey(text);
  if (repeated !== undefined) return `says ${JSON.stringify(repeated)} twice in its header`;
  const { __metadata__: notes = {}, ...rest } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (!metadata.safeParse(notes).success) return "has __metadata__ that is not text by name";
  const tensors: (readonly [string, Tensor])[] = [];
  for (const [name, value] of Object.entries(rest)) {
    const { success, data } = tensor.safeParse(value);
    if (!success) return `has a tensor ${JSON.stringify(name)} without dtype, shape and data_offsets`;
    tensors.push([name, data]);
  }
  return (
    tensors.map(sizeProblem).find((each) => each !== undefined) ??
    placeProblem(tensors, file.bytes - LENGTH_BYTES - length)
  );
}

function headerLength({ bytes, read }: ReadableFile): number | string {
  if (bytes < LENGTH_BYTES) return `is ${bytes} bytes, and no safetensors`;
  const length = read(0, LENGTH_BYTES).readBigUInt64LE();
  if (length > LONGEST_HEADER) return `says that its header is ${length} bytes, of ${LONGEST_HEADER} at most`;
  return length > bytes - LENGTH_BYTES
    ? `says that its header is ${length} bytes, and has ${bytes - LENGTH_BYTES}`
    : Number(length);
}

function headerText(header: Buffer): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
    const isObject = text.startsWith("{") && !Array.isArray(JSON.parse(text));
    return isObject ? text : undefined;
  } catch {
    return undefined;
  }
}

/** A tensor's type and shape say how many bytes it is. */
function sizeProblem([
  name,
  {
    dtype,
    shape,
    data_offsets: [begin, end],
  },
]: readonly [string, Tensor]): string | undefined {
  const bits = Object.hasOwn(BITS, dtype) ? BITS[dtype] : undefined;
  const shown = JSON.stringify(name);
  if (bits === undefined) return `has ${shown} of the unknown type ${JSON.stringify(dtype)}`;
  const needed = shape.reduce((product, size) => product * BigInt(size), BigInt(bits));
  if (needed % 8n !== 0n) return `has ${shown} that ends inside of a byte`;
  if (needed / 8n === BigInt(end) - BigInt(begin)) return undefined;
  return `has ${shown} in ${end - begin} bytes, of ${needed / 8n} that ${dtype} [${shape.join(", ")}] needs`;
}

/** Each begins where the one before ends, the first at the beginning and the last up to the end. */
function placeProblem(tensors: readonly (readonly [string, Tensor])[], bytes: number): string | undefined {
  const inOrder = tensors.toSorted(
    ([, { data_offsets: one }], [, { data_offsets: other }]) => one[0] - other[0] || one[1] - other[1],
  );
  let at = 0;
  for (const [
    name,
    {
      data_offsets: [begin, end],
    },
  ] of inOrder) {
    const shown = JSON.stringify(name);
    if (begin < at) return `has ${shown} over the tensor before it`;
    if (begin > at) return `has ${begin - at} bytes before ${shown} that are no tensor's`;
    if (end > bytes) return `has ${shown} up to byte ${end}, of ${bytes} that there are`;
    at = end;
  }
  return at === bytes ? undefined : `has ${bytes - at} bytes behind its tensors`;
}
