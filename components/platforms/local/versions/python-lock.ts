/** What a lock file says otherwise than it must: each a part of a sentence, with what to do. */
export interface LockProblem {
  readonly seen: string;
  readonly allowed: string;
  readonly cure: string;
}

const MOST_NAMED = 3;

/** Everything for which a lock file cannot be built the same way twice. @param version of Python: "3.12" */
export function lockProblems(text: string, version: string): readonly LockProblem[] {
  const lines = requirementsIn(text);
  const cure = `Write it with: uv pip compile --generate-hashes --python-version ${version} requirements.in -o requirements.lock`;
  const writtenFor = pythonOf(text);
  const options = lines.filter((line) => line.startsWith("-") && !/^--(?:index-url|extra-index-url)[ =]/.test(line));
  const packages = lines.filter((line) => !line.startsWith("-"));
  const loose = packages.filter((line) => !/\s--hash=sha\d{3}:[0-9a-f]{64,128}\b/.test(line));
  const allowed = "packages with their versions and hashes";
  return [
    ...(writtenFor === undefined || writtenFor === version
      ? []
      : [
          {
            seen: `a lock file for Python ${writtenFor}`,
            allowed: `one for Python ${version}`,
            cure: `${cure}, or name version "${writtenFor}".`,
          },
        ]),
    ...(packages.length === 0 ? [{ seen: "no package", allowed, cure: `${cure}.` }] : []),
    ...(loose.length === 0 ? [] : [{ seen: `${named(loose)} without a hash`, allowed, cure: `${cure}.` }]),
    ...(options.length === 0
      ? []
      : [{ seen: named(options), allowed: `${allowed}, and --index-url`, cure: `${cure}.` }]),
  ];
}

/** The lines that say something, each with its continuations. */
const requirementsIn = (text: string): readonly string[] =>
  text
    .replaceAll(/\\\r?\n/g, " ")
    .split(/\r?\n/)
    .map((line) => line.replace(/(?:^|\s)#.*$/, "").trim())
    .filter((line) => line !== "");

/** The version that the tool that wrote it says it is for: uv's command line, or pip-compile's own line. */
const pythonOf = (text: string): string | undefined =>
  /^#.*(?:--python-version[ =]|with Python )(\d+\.\d+)/m.exec(text)?.[1];

function named(lines: readonly string[]): string {
  const names = lines.slice(0, MOST_NAMED).map((line) => line.split(/\s+--hash|\s*;/)[0] ?? line);
  return lines.length > MOST_NAMED ? `${names.join(", ")} and ${lines.length - MOST_NAMED} more` : names.join(", ");
}
