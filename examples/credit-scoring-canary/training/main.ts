import { parseArgs } from "node:util";
import { trainCredit } from "./train.ts";

const { values } = parseArgs({
  options: { out: { type: "string", default: "models" }, seed: { type: "string", default: "7" } },
});
const seed = Number(values.seed);
if (!Number.isInteger(seed)) throw new Error(`--seed ${values.seed}: expected an integer`);
console.table(Object.fromEntries(trainCredit(values.out, { seed }).map(({ name, metrics }) => [name, metrics])));
