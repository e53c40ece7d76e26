import { libraryVersion } from "../release/library-version.ts";
import type { HashedFile } from "../sources/index.ts";

/** Something of others that goes into an image. */
export interface Ingredient {
  /** npm or pypi. */
  readonly from: "npm" | "pypi";
  readonly name: string;
  readonly version: string;
  /** Of files that it may come as, in hex. */
  readonly hashes?: readonly string[];
}

/** What a bill lists. */
export interface Billed {
  readonly model: string;
  readonly version: string;
  readonly content: string;
  /** With its digest. */
  readonly base: string;
  readonly files: readonly HashedFile[];
  readonly ingredients: readonly Ingredient[];
}

/**
 * The list of what goes into an image, as CycloneDX 1.6 has it (https://cyclonedx.org/docs/1.6/json/). It has no time and no
 * number of its own: the same image has the same list. What the base holds, its own list says.
 */
export function renderBill({ model, version, content, base, files, ingredients }: Billed): string {
  const bill = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: { type: "container", "bom-ref": "image", name: model, version },
      tools: { components: [{ type: "application", name: "pulumi-model-lifecycle", version: libraryVersion }] },
    },
    components: [
      {
        type: "container",
        "bom-ref": "base",
        name: base.replace(/@.*$/, ""),
        version: base.replace(/^.*@/, ""),
        hashes: [{ alg: "SHA-256", content: base.replace(/^.*@sha256:/, "") }],
      },
      {
        type: "machine-learning-model",
        "bom-ref": "model",
        name: model,
        version,
        hashes: [{ alg: "SHA-256", content }],
        components: files.map(({ path, hash }) => ({
          type: "file",
          "bom-ref": `model/${path}`,
          name: path,
          hashes: [{ alg: "SHA-256", content: hash }],
        })),
      },
      ...ingredients.map(({ from, name, version: of, hashes }) => ({
        type: "library",
        "bom-ref": `pkg:${from}/${encodeURIComponent(name)}@${of}`,
        name,
        version: of,
        purl: `pkg:${from}/${name.replace("@", "%40")}@${of}`,
        // A lock file names every wheel of a version: one of them is in the image.
        ...(hashes?.length === 1 && { hashes: [{ alg: "SHA-256", content: hashes[0] }] }),
      })),
    ],
    dependencies: [
      {
        ref: "image",
        dependsOn: [
          "base",
          "model",
          ...ingredients.map(({ from, name, version: of }) => `pkg:${from}/${encodeURIComponent(name)}@${of}`),
        ],
      },
    ],
  };
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}

/** The packages that a lock file pins. */
export const lockedPackages = (lock: string): readonly Ingredient[] =>
  lock
    .replaceAll(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .flatMap((line) => {
      const [, name, version] = /^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;]+)/.exec(line) ?? [];
      if (name === undefined || version === undefined) return [];
      const hashes = [...line.matchAll(/--hash=[a-z0-9]+:([0-9a-f]{64})\b/g)].map(([, hash = ""]) => hash);
      return [{ from: "pypi" as const, name: name.toLowerCase(), version, hashes }];
    });
