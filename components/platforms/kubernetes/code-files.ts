import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { refusal } from "../../kit/index.ts";

/** A program that pods run, and what it is called there. */
export interface Program {
  readonly file: string;
  readonly text: string;
}

/** The responder for retired versions, as it stands here: compiled, or the types stripped by Node.js 24 itself. */
export function readGoneProgram(): Program {
  const extension = import.meta.url.endsWith(".ts") ? "ts" : "js";
  const path = new URL(`./gone/main.${extension}`, import.meta.url);
  return { file: `gone.m${extension}`, text: readFileSync(path, "utf8") };
}

/** The controller, bundled into one file when the library is built. @throws pulumi.RunError when it was not */
export function readController(): string {
  const here = fileURLToPath(new URL(".", import.meta.url));
  const built = here.includes("/dist/") ? here : here.replace(/components\/platforms\/kubernetes\/$/, "dist/$&");
  const path = `${built}controller/main.mjs`;
  if (existsSync(path)) return readFileSync(path, "utf8");
  throw refusal(
    `${path} is missing: the controller was not built. Run npm run build in the library's folder, or write controller: { run: elsewhere }.`,
  );
}
