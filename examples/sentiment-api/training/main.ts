import { parseArgs } from "node:util";
import { trainSentiment } from "./train.ts";

const { values } = parseArgs({
  options: { out: { type: "string", default: "models" }, seed: { type: "string", default: "7" } },
});
const seed = Number(values.seed);
if (!Number.isInteger(seed)) throw new Error(`--seed ${values.seed}: expected an integer`);
const trained = trainSentiment(values.out, { seed });
console.table(Object.fromEntries(trained.map(({ directory, metrics }) => [directory, metrics])));
