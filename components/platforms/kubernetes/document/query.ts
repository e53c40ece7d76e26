/** What may stand in a query in braces. */
export const queryNames = ["service", "namespace", "model", "version"] as const;

/** What is filled in in a query. */
export type QueryNames = Readonly<Record<(typeof queryNames)[number], string>>;

/** A query with its names filled in; other braces are the query's own. */
export const filledQuery = (text: string, names: QueryNames): string =>
  queryNames.reduce<string>((filled, name) => filled.replaceAll(`{${name}}`, names[name]), text);
