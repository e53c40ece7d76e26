import { onTestFinished } from "vitest";
import { emptyDirectory } from "./conformance.ts";

/** A store of its own for a test; gives the folder that it is in. */
export function ownStore(): string {
  const before = process.env.XDG_CACHE_HOME;
  const folder = emptyDirectory();
  process.env.XDG_CACHE_HOME = folder;
  onTestFinished(() => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
  });
  return folder;
}

/** Variables of the environment for a test, and none of the others that a source reads. */
export function ownEnvironment(values: Readonly<Record<string, string>>): void {
  const names = ["HF_TOKEN", "HF_ENDPOINT", "MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN", "MLFLOW_TRACKING_USERNAME"];
  const all = [
    ...names,
    "MLFLOW_TRACKING_PASSWORD",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "BENTOML_HOME",
  ];
  const before = Object.fromEntries(all.map((name) => [name, process.env[name]]));
  const set = (each: Readonly<Record<string, string | undefined>>) => {
    for (const name of all) {
      const value = each[name];
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  set(values);
  onTestFinished(() => set(before));
}
