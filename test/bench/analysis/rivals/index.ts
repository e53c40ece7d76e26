import { alarm } from "./alarm.ts";
import { argo } from "./argo.ts";
import { flagger, flaggerExample } from "./flagger.ts";
import { growthbook } from "./growthbook.ts";
import { kayenta } from "./kayenta.ts";
import { naiveZ } from "./naive-z.ts";
import type { Rival } from "./rival.ts";

/** The rules of others, one a file: what they say of the traffic that the product judges. */
export const rivals: readonly Rival[] = [flagger, flaggerExample, argo, alarm, kayenta, growthbook, naiveZ];
