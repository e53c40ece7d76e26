import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { repository } from "../support/project.ts";

const folder = path.join(repository, "test/house/toys");

/** A line of a file that stands already, and what it becomes. */
interface Edit {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** A tenant that the house does not know yet: its own files, and what has to change elsewhere to make it known. */
export interface Toy {
  /** Its files stand in `toys/<what>`, as they would stand in the repository. */
  readonly what: string;
  /** Every edit of a file that is not its own. */
  readonly edits: readonly Edit[];
}

const kinds = "components/release/kinds.ts";

/** In the registry a line becomes another one, and the import of the folder is written above. @param last the last of those that stand there @param end what stands behind it, on one line or on several */
const kindLine = (last: string, toy: string, from: string, end = ")[] = ["): readonly Edit[] => [
  { file: kinds, before: `typeof ${last}${end}`, after: `typeof ${last} | typeof ${toy}${end}${toy}, ` },
  {
    file: kinds,
    before: "\n// What a release may name",
    after: `import { ${toy} } from "${from}";\n\n// What a release may name`,
  },
];

/** One of each kind of tenant that comes next. */
export const toys: readonly Toy[] = [
  {
    what: "platform",
    edits: kindLine("kubernetesPlatform", "toyPlatform", "../platforms/toy/document.ts"),
  },
  { what: "source", edits: kindLine("claimSource", "toySource", "../sources/toy/document.ts", "\n)[] = [") },
  { what: "archive", edits: kindLine("ociArchive", "toyArchive", "../archives/toy/document.ts") },
  {
    what: "monitor",
    edits: kindLine("prometheusMonitor", "toyMonitor", "../monitors/toy/document.ts"),
  },
  {
    what: "guard",
    edits: [
      {
        file: "components/guards/index.ts",
        before: 'import { share } from "./share.ts";\n',
        after: 'import { share } from "./share.ts";\nimport { toyRate } from "./toy-rate.ts";\n',
      },
      {
        file: "components/guards/index.ts",
        before: "export const guardKinds: readonly GuardKind[] = [",
        after: "export const guardKinds: readonly GuardKind[] = [toyRate, ",
      },
    ],
  },
  {
    what: "verb",
    edits: [
      {
        file: "stacks/cli/verbs.ts",
        before: "  completion: async",
        after: '  toy: async () => (await import("./verbs/toy.ts")).toy,\n  completion: async',
      },
    ],
  },
  {
    what: "rule",
    edits: [
      {
        file: "policies/packs.ts",
        before: 'import { candidateHasGuard } from "./rules/traffic/candidate-has-guard.ts";\n',
        after:
          'import { candidateHasGuard } from "./rules/traffic/candidate-has-guard.ts";\nimport { toysAreSmall } from "./rules/traffic/toys-are-small.ts";\n',
      },
      {
        file: "policies/packs.ts",
        before: "rules: [candidateHasGuard],",
        after: "rules: [candidateHasGuard, toysAreSmall],",
      },
    ],
  },
];

/** The files outside its own folder that a toy touches. */
export const sharedFilesOf = ({ edits }: Toy): readonly string[] => [...new Set(edits.map(({ file }) => file))];

/** A copy of the house with the toys in it; the caller removes it. */
export function houseWith(tenants: readonly Toy[]): string {
  const root = mkdtempSync(path.join(tmpdir(), "mlc-house-"));
  for (const part of ["components", "stacks", "policies", "package.json", "tsconfig.json", "biome.json"]) {
    cpSync(path.join(repository, part), path.join(root, part), { recursive: true });
  }
  symlinkSync(path.join(repository, "node_modules"), path.join(root, "node_modules"), "dir");
  for (const { what, edits } of tenants) {
    for (const file of globSync("**/*.ts", { cwd: path.join(folder, what) })) {
      const place = path.join(root, file);
      mkdirSync(path.dirname(place), { recursive: true });
      cpSync(path.join(folder, what, file), place, { errorOnExist: true, force: false });
    }
    for (const { file, before, after } of edits) change(path.join(root, file), before, after);
  }
  return root;
}

function change(file: string, before: string, after: string): void {
  const text = readFileSync(file, "utf8");
  if (text.split(before).length !== 2) throw new Error(`${file} has not exactly one ${JSON.stringify(before)}`);
  writeFileSync(file, text.replace(before, after));
}

/** Removes what `houseWith` made. */
export const removeHouse = (root: string): void => rmSync(root, { recursive: true, force: true });
