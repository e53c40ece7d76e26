/** From where to where the values of a business metric may lie, in the metric's own units. `least` is below `most`. */
export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Where the values of a metric lie that is a share: nobody declares it. */
export const SHARES: Range = { least: 0, most: 1 };

/** Where in its range a value lies, 0 to 1: what is counted of it, and judged. Undefined outside: clipping it would judge another value. */
export const placeIn = ({ least, most }: Range, value: number): number | undefined =>
  value >= least && value <= most ? (value - least) / (most - least) : undefined;
