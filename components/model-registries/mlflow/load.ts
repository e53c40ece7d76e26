import type { LoadRegistry } from "../registry-writer.ts";
import type { ResolvedMlflowRegistry } from "./document.ts";
import { mlflowRegistry } from "./writer.ts";

/** What is told by `modelRegistry: { kind: mlflow }`. */
export const load: LoadRegistry<ResolvedMlflowRegistry> = ({ kind: _, ...settings }) => mlflowRegistry(settings);
