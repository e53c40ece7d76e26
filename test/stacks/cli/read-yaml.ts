import { parseYaml } from "../../../stacks/cli/parse-yaml.ts";
import { isMapping } from "../../../stacks/cli/render-yaml.ts";

/** The plain data at a path of a text. */
export const readYaml = (text: string, path: readonly string[]): unknown =>
  path.reduce<unknown>((data, key) => (isMapping(data) ? data[key] : undefined), parseYaml(text).data);
