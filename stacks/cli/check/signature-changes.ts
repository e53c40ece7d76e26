import type { Signature, TensorSignature } from "../../../components/platforms/rehearsal.ts";

/** What another signature means for those who call the stable version now. */
export interface SignatureChanges {
  /** What stops working, a sentence each. */
  readonly breaks: readonly string[];
  /** What goes on working, and is yet to be known. */
  readonly notes: readonly string[];
}

/** Compares what two versions take and give. @param stable its name, for the sentences */
export function signatureChanges(stable: string, before: Signature, after: Signature): SignatureChanges {
  const inputs = pairsOf(before.inputs, after.inputs);
  const outputs = pairsOf(before.outputs, after.outputs);
  return {
    breaks: [
      ...inputs.added.map(
        ({ name }) => `takes the input ${name}, which ${stable} does not: requests made for ${stable} lack it`,
      ),
      ...inputs.gone.map(({ name }) => `does not take the input ${name}, which requests made for ${stable} send`),
      ...outputs.gone.map(({ name }) => `does not give the output ${name}, which clients of ${stable} read`),
      ...[...inputs.changed, ...outputs.changed].filter(isOtherType).map((pair) => retyped(stable, pair)),
    ],
    notes: [
      ...outputs.added.map(({ name }) => `gives the output ${name}, which ${stable} does not`),
      ...[...inputs.changed, ...outputs.changed]
        .filter((pair) => !isOtherType(pair))
        .map((pair) => retyped(stable, pair)),
    ],
  };
}

interface Pair {
  readonly before: TensorSignature;
  readonly after: TensorSignature;
}

interface Pairs {
  readonly added: readonly TensorSignature[];
  readonly gone: readonly TensorSignature[];
  readonly changed: readonly Pair[];
}

function pairsOf(before: readonly TensorSignature[], after: readonly TensorSignature[]): Pairs {
  const known = new Map(before.map((tensor) => [tensor.name, tensor]));
  const names = new Set(after.map(({ name }) => name));
  return {
    added: after.filter(({ name }) => !known.has(name)),
    gone: before.filter(({ name }) => !names.has(name)),
    changed: after.flatMap((tensor) => {
      const old = known.get(tensor.name);
      return old === undefined || old.datatype === tensor.datatype ? [] : [{ before: old, after: tensor }];
    }),
  };
}

/** Numbers of another width are numbers still, and a client's JSON is the same. */
const isOtherType = ({ before, after }: Pair): boolean => typeIn(before) !== typeIn(after);

function typeIn({ datatype }: TensorSignature): string {
  if (/^(FP|BF)\d+$/.test(datatype)) return "a number";
  return /^U?INT\d+$/.test(datatype) ? "a whole number" : datatype;
}

const retyped = (stable: string, { before, after }: Pair): string =>
  `has ${after.name} as ${after.datatype}, where ${stable} has ${before.datatype}`;
