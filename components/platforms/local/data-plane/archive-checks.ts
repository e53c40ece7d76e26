import { readdirSync } from "node:fs";
import { isTemporary } from "../../../host/atomic-file.ts";
import { bad, type Finding, good } from "../../data-plane.ts";
import { findArchiveDamage } from "../state-folder/archive-damage.ts";
import type { StateFolder } from "../state-folder/folder.ts";
import { archivePath, directories } from "../state-folder/paths.ts";

/** Reads every archived file. */
export async function checkArchives(folder: StateFolder): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const model of namesIn(folder, directories.archives)) {
    for (const version of namesIn(folder, `${directories.archives}/${model}`)) {
      const check = `archive ${model} ${version}`;
      const damage = await findArchiveDamage(folder, { model, version });
      const place = folder.path(archivePath(model, version));
      findings.push(
        damage.length === 0
          ? good(check, `every file is as it was archived, ${place}`)
          : bad(
              check,
              `${place}: ${damage.join("; ")}`,
              "run pulumi up: it puts the files right or says what it needs",
            ),
      );
    }
  }
  return findings;
}

const namesIn = (folder: StateFolder, place: string): readonly string[] =>
  readdirSync(folder.path(place)).filter((name) => !isTemporary(name));
