const SUFFIX: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const QUANTITY = /^([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?:([eE][+-]?[0-9]+)|([KMGTPE]i|[numkMGTPE]|))$/;

/**
 * An amount of a resource: `500m` is 0.5, `1Gi` 2^30; undefined when it is none.
 * Source: k8s.io/apimachinery v0.34.1 pkg/api/resource/quantity.go
 */
export function quantityOf(value: unknown): number | undefined {
  if (typeof value === "number") return value;
  const [whole, amount = "", exponent = "", suffix = ""] = QUANTITY.exec(String(value)) ?? [];
  return whole === undefined ? undefined : Number(`${amount}${exponent}`) * (SUFFIX[suffix] ?? 1);
}
