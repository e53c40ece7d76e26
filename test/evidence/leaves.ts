/** The way to a value in JSON data. */
export type Way = readonly (string | number)[];

/** Every value of JSON data that holds no other, with the way to it. */
export function leavesOf(data: unknown, way: Way = []): readonly { readonly way: Way; readonly value: unknown }[] {
  if (typeof data !== "object" || data === null) return [{ way, value: data }];
  const members = Array.isArray(data) ? [...data.entries()] : Object.entries(data);
  return members.flatMap(([key, value]) => leavesOf(value, [...way, key]));
}

/** The same data with another value at one place; undefined takes it away. */
export function withValue<Data>(data: Data, way: Way, value: unknown): Data {
  const copy: unknown = structuredClone(data);
  const holder = way.slice(0, -1).reduce<unknown>((at, key) => Reflect.get(Object(at), key), copy);
  Reflect.set(Object(holder), way.at(-1) ?? "", value);
  return JSON.parse(JSON.stringify(copy)) as Data;
}
