/** A split asks `feature < below`, or `feature <= atMost`; a leaf adds its value to the output, or its values to all of them. */
export type TreeNode = Leaf | Split;

interface Leaf {
  readonly value: number | readonly number[];
}

type Split = {
  readonly feature: string;
  readonly yes: TreeNode;
  readonly no: TreeNode;
  /** Where a missing feature goes. Needed where the manifest allows them to be missing. */
  readonly missing?: "yes" | "no";
} & ({ readonly below: number; readonly atMost?: never } | { readonly atMost: number; readonly below?: never });

/** A node with its feature resolved to a position in the manifest's inputs, and its question to `feature < below`. */
export type Compiled =
  | readonly number[]
  | {
      readonly input: number;
      readonly below: number;
      readonly missing: boolean;
      readonly yes: Compiled;
      readonly no: Compiled;
    };

/** The numbers of the leaf where these values of the inputs end; a missing one is `NaN`, and goes where its node says. */
export function leafOf(root: Compiled, values: readonly number[]): readonly number[] {
  let node = root;
  while ("input" in node) {
    const value = values[node.input] ?? Number.NaN;
    node = value < node.below || (node.missing && Number.isNaN(value)) ? node.yes : node.no;
  }
  return node;
}
