import { execFileSync } from "node:child_process";
import path from "node:path";
import { repository } from "../support/project.ts";

/** What is looked at: product code and examples. */
const LOOKED_AT = ["components", "stacks", "policies", "examples"];

interface Cruised {
  readonly modules: readonly {
    readonly source: string;
    readonly dependencies: readonly { readonly resolved: string; readonly dependencyTypes: readonly string[] }[];
  }[];
  readonly summary: { readonly violations: readonly { readonly rule: { readonly name: string } }[] };
}

/** One import between two files of the house. */
export interface Import {
  readonly from: string;
  readonly to: string;
  /** Nothing of it is left when the program runs. */
  readonly typeOnly: boolean;
}

/** Every import between files of the house, and how often each floor rule is broken. */
export interface Imports {
  readonly files: readonly string[];
  readonly imports: readonly Import[];
  readonly broken: (rule: string) => number;
}

/** Read from the code by the tool that enforces the floors. */
export function readImports(): Imports {
  const { modules, summary } = JSON.parse(cruise()) as Cruised;
  const files = modules.map(({ source }) => source).filter(isOurs);
  const imports = modules.flatMap(({ source, dependencies }) =>
    dependencies
      .filter(({ resolved }) => isOurs(source) && isOurs(resolved))
      .map(({ resolved, dependencyTypes }) => ({
        from: source,
        to: resolved,
        typeOnly: dependencyTypes.includes("type-only"),
      })),
  );
  return {
    files,
    imports,
    broken: (rule) => summary.violations.filter(({ rule: { name } }) => name === rule).length,
  };
}

const isOurs = (file: string): boolean => LOOKED_AT.some((folder) => file.startsWith(`${folder}/`));

function cruise(): string {
  const tool = path.join(repository, "node_modules/.bin/depcruise");
  try {
    const args = [...LOOKED_AT, "--output-type", "json"];
    return execFileSync(tool, args, { cwd: repository, encoding: "utf8", maxBuffer: 2 ** 28 });
  } catch (error) {
    // It ends with the number of broken rules, and says them all the same.
    return (error as { readonly stdout: string }).stdout;
  }
}
