import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, visit, type YAMLMap } from "yaml";
import type { YamlFault } from "./engine-notation.ts";

/** What is YAML, and no configuration of a stack to the engine. */
export function checkStructure(document: Document.Parsed): readonly YamlFault[] {
  const faults: YamlFault[] = [];
  const add = (node: unknown, message: string): void => {
    faults.push({ offset: (node as Node | null | undefined)?.range?.[0] ?? 0, message });
  };
  visit(document, {
    Alias(_, alias, path) {
      const target = alias.resolve(document);
      if (target === undefined) add(alias, `*${alias.source} repeats what is named nowhere before it`);
      else if (path.some((outer) => outer === target)) add(alias, `*${alias.source} stands inside what it repeats`);
    },
    Scalar(_, scalar) {
      if (/^\t[\s\S]*\n/.test(String(scalar.value)))
        add(scalar, "The engine cannot hand on a text of several lines that begins with a tab");
    },
    Map(_, map) {
      checkKeys(map, document, add);
    },
    Collection(_, { tag, range }) {
      if (tag !== undefined && /^tag:yaml\.org,2002:(?!(map|seq)$)/.test(tag))
        add({ range }, `Remove the tag ${tag}: nothing here is of that type`);
    },
  });
  if (document.contents !== null) checkRoot(document.contents, document, add);
  return faults;
}

type Add = (node: unknown, message: string) => void;

function checkKeys(map: YAMLMap, document: Document.Parsed, add: Add): void {
  const seen = new Set<string>();
  for (const { key, value } of map.items) {
    if (isScalar(key) && typeof key.value === "symbol") checkMerge(value, document, add);
    else if (isScalar(key) && key.value === "<<")
      add(key, "The engine takes << for a merge even in quotes. Choose another key");
    if (!isScalar(key)) add(key, "A key has to be a text here. Put it in quotes");
    else if (key.value === null) add(key, `A key has to be a text. Put it in quotes: "${key.source ?? ""}"`);
    else {
      // Told apart by what they say and by how they are written: 1 and 1.0, 1 and "1".
      const names = new Set([String(key.value), key.source ?? ""]);
      if ([...names].some((name) => seen.has(name)))
        add(key, `The key ${key.source ?? String(key.value)} stands here twice. Remove one`);
      for (const name of names) seen.add(name);
    }
  }
}

/** What comes in by a merge is a map, or a list of maps. */
function checkMerge(value: unknown, document: Document.Parsed, add: Add): void {
  const sources = isSeq(value) ? value.items : [value];
  const isSource = (each: unknown) => isMap(isAlias(each) ? each.resolve(document) : each);
  if (!sources.every(isSource)) add(value, "<< takes over the pairs of a map. Write a map behind it, or another key");
}

function checkRoot(root: Node, document: Document.Parsed, add: Add): void {
  if (isScalar(root) && root.value === null) return;
  if (!isMap(root)) {
    add(root, "The file has to be a map, such as: config: {}");
    return;
  }
  checkTexts(root, add);
  const config = configOf(
    root.items.find(({ key }) => isScalar(key) && key.value === "config"),
    document,
  );
  if (config === undefined || (isScalar(config) && config.value === null)) return;
  if (!isMap(config)) {
    add(config, "config has to be a map, such as: config: {}");
    return;
  }
  checkTexts(config, add);
  for (const { key } of config.items) {
    const name = isScalar(key) ? String(key.value) : "";
    if (!/^[^:]+$|^[^:]*:[^:]*$|^[^:]+:config:[^:]+$/.test(name))
      add(key, `${name} is no key of a configuration: they are <namespace>:<name>`);
  }
  visit(config, {
    Scalar(_, scalar) {
      if (typeof scalar.value === "number" && !Number.isFinite(scalar.value))
        add(scalar, `The engine cannot hand on ${scalar.source ?? ""}. Put it in quotes if it is a text`);
    },
  });
}

function checkTexts(map: YAMLMap, add: Add): void {
  for (const { key } of map.items) {
    if (isScalar(key) && key.value !== null && typeof key.value !== "string" && typeof key.value !== "symbol")
      add(key, `The engine wants a text as key here. Put it in quotes: "${key.source ?? ""}"`);
  }
}

function configOf(pair: Pair | undefined, document: Document.Parsed): unknown {
  const value = pair?.value;
  return isAlias(value) ? value.resolve(document) : (value ?? undefined);
}
