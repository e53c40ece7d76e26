import { createRequire } from "node:module";
import path from "node:path";
import { repository } from "../support/project.ts";
import type { Imports } from "./imports.ts";
import { floors, meaningOf, roomOf } from "./rooms.ts";

/** From a room to one that it imports from. */
interface Arrow {
  readonly from: string;
  readonly to: string;
  /** Only types are imported. */
  readonly typeOnly: boolean;
}

function arrowsOf({ imports }: Imports): readonly Arrow[] {
  const arrows = new Map<string, Arrow>();
  for (const { typeOnly, ...files } of imports) {
    const [from, to] = [roomOf(files.from), roomOf(files.to)];
    if (from === to) continue;
    const key = `${from} ${to}`;
    arrows.set(key, { from, to, typeOnly: typeOnly && (arrows.get(key)?.typeOnly ?? true) });
  }
  return [...arrows.values()].toSorted((a, b) => a.from.localeCompare(b.from) || a.to.localeCompare(b.to));
}

/** Without those that the others imply: who imports a room whose imports are drawn needs no arrow to these. */
function withoutImplied(arrows: readonly Arrow[]): readonly Arrow[] {
  const below = new Map<string, readonly string[]>();
  for (const { from, to } of arrows) below.set(from, [...(below.get(from) ?? []), to]);
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    (below.get(from) ?? []).some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
  return arrows.filter(({ from, to }) => !(below.get(from) ?? []).some((next) => next !== to && reaches(next, to)));
}

/** @throws Error when a room stands on no floor */
function roomsByFloor(
  rooms: readonly string[],
): readonly { readonly name: string; readonly rooms: readonly string[] }[] {
  const floorOf = (room: string): string => {
    const found = floors.find((each) => each.rooms.test(room));
    if (found === undefined) throw new Error(`${room} stands on no floor; name one in test/architecture/rooms.ts`);
    return found.name;
  };
  return floors.map(({ name }) => ({ name, rooms: rooms.filter((room) => floorOf(room) === name) }));
}

const idOf = (room: string): string => room.replaceAll(/[^a-z]/g, "_");
const label = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;").replaceAll("`", "");

/** The rooms on their floors, with what each is for, and who imports whom: text for mermaid. */
function drawRooms(all: Imports): string {
  const rooms = [...new Set(all.files.map(roomOf))].toSorted();
  const boxes = roomsByFloor(rooms).flatMap(({ name, rooms: here }, index) => [
    `  subgraph floor${index}["${name}"]`,
    ...here.map((room) => `    ${idOf(room)}["<b>${room}</b><br/>${label(meaningOf(room))}"]`),
    "  end",
  ]);
  const arrows = withoutImplied(arrowsOf(all)).map(
    ({ from, to, typeOnly }) => `  ${idOf(from)} ${typeOnly ? "-.->" : "-->"} ${idOf(to)}`,
  );
  return ["flowchart TB", ...boxes, ...arrows].join("\n");
}

/** Every arrow, as a table: a room and the rooms that it imports from. */
function listArrows(all: Imports): string {
  const arrows = arrowsOf(all);
  const rows = [...new Set(arrows.map(({ from }) => from))].map((room) => {
    const to = arrows.filter(({ from }) => from === room).map((arrow) => (arrow.typeOnly ? `*${arrow.to}*` : arrow.to));
    return `| ${room} | ${to.join(", ")} |`;
  });
  return ["| room | imports from |", "|---|---|", ...rows].join("\n");
}

interface Rule {
  readonly name: string;
  readonly from: { readonly path?: Pattern; readonly pathNot?: Pattern };
  readonly to: { readonly path?: Pattern; readonly pathNot?: Pattern };
}

type Pattern = string | readonly string[];

/** The walls as the tool is told them. */
function readWalls(): readonly Rule[] {
  const load = createRequire(import.meta.url);
  const { forbidden } = load(path.join(repository, ".dependency-cruiser.cjs")) as {
    readonly forbidden: readonly Rule[];
  };
  return forbidden.filter(({ name }) => name.startsWith("wall "));
}

function listWalls({ broken }: Imports): string {
  const rows = readWalls().map(({ name, from, to }) => {
    const [, number = "", what = ""] = /^wall (\d+): (.*)$/.exec(name) ?? [];
    return `| ${number} | ${what} | ${describe(from)} | ${describe(to)} | ${broken(name)} |`;
  });
  return ["| wall | | no import from | to | imports that break it |", "|---|---|---|---|---|", ...rows].join("\n");
}

function describe({ path: of, pathNot: but }: Rule["from"]): string {
  const patterns = (pattern: Pattern): string => [pattern].flat().map(code).join(", ");
  return `${of === undefined ? "anything" : patterns(of)}${but === undefined ? "" : ` but ${patterns(but)}`}`;
}

/** As code in a cell of a table, where a bar would end the cell. */
const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

/** The page of the layers. */
export const drawLayers = (all: Imports): string => `# Layers

Drawn from the imports. \`npx vitest run test/architecture -u\` draws it again.

An arrow goes from a folder to one that it imports from, dashed where it is for types alone. One that others imply is left
out: the table below has them all. What a kind brings to the release document (\`document.ts\`) stands with the document.

\`\`\`mermaid
${drawRooms(all)}
\`\`\`

## Who imports whom

Types alone in italics.

${listArrows(all)}

## The walls

As \`.dependency-cruiser.cjs\` has them; \`npm run layers\` refuses what breaks one.

${listWalls(all)}
`;
