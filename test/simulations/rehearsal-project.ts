import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createProject, type Project, repository } from "../support/project.ts";

/** A project of the SDK's programs on one simulation, and the folder where that keeps what it holds. */
export async function rehearsalProject(simulation: "aws" | "kubernetes"): Promise<{
  readonly project: Project;
  readonly folder: string;
}> {
  let folder = "";
  const project = await createProject({
    prepare: async (dir, env) => {
      folder = path.join(dir, "held");
      env[`${simulation.toUpperCase()}_SIMULATION_FOLDER`] = folder;
      const settings = `name: rehearsal
runtime: { name: nodejs, options: { typescript: false } }
main: index.js
plugins:
  providers:
    - name: ${simulation}
      path: ${path.join(repository, "dist/components/simulations", simulation, "provider")}
`;
      writeFileSync(path.join(dir, "Pulumi.yaml"), settings);
      writeFileSync(
        path.join(dir, "package.json"),
        JSON.stringify({ name: "rehearsal", private: true, type: "module" }),
      );
      mkdirSync(path.join(dir, "node_modules"), { recursive: true });
      symlinkSync(path.join(repository, "node_modules/@pulumi"), path.join(dir, "node_modules/@pulumi"), "dir");
    },
  });
  return { project, folder };
}
