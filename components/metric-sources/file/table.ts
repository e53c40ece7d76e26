/** What stands in a cell; null where nothing does. */
export type Cell = string | number | null;

/** The rows of a table by column, as a reader of its format gives them. */
export interface TableRows {
  readonly rows: number;
  readonly columns: ReadonlyMap<string, readonly Cell[]>;
}

/** What stands in a row of a column; null where there is no such column. */
export const valueAt = ({ columns }: TableRows, column: string, row: number): Cell =>
  columns.get(column)?.[row] ?? null;
