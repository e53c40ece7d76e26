import { expect, test } from "vitest";
import { lockedPackages } from "../../components/packaging/bill-of-materials.ts";
import { planImage } from "../../components/packaging/image-plan.ts";
import { renderDockerfile } from "../../components/packaging/render-dockerfile.ts";
import { parseRelease, type ResolvedRuntime } from "../../components/release/index.ts";
import { releaseOf } from "../support/release.ts";

const base = `docker.io/library/node:22-slim@sha256:${"a".repeat(64)}`;
const content = "b".repeat(64);

function served(serve: object): ResolvedRuntime {
  const source = { kind: "path", path: "models/v1", sha256: content };
  const { versions } = parseRelease(releaseOf({ pins: {}, release: { versions: { v1: { source, serve } } } }));
  if (versions.v1?.serve === undefined) throw new Error("it is not served by a command");
  return versions.v1.serve;
}

const HEAD = `# Written by mlc package; write it again rather than edit it.
FROM ${base}
LABEL "org.opencontainers.image.title"="sentiment"
LABEL "org.opencontainers.image.version"="v1"
LABEL "org.opencontainers.image.base.name"="docker.io/library/node:22-slim"
LABEL "org.opencontainers.image.base.digest"="sha256:${"a".repeat(64)}"
LABEL "model-lifecycle.content"="sha256:${content}"
`;

const dockerfileOf = (serve?: ResolvedRuntime) =>
  renderDockerfile(planImage({ model: "sentiment", version: "v1", content, ...(serve && { serve }) }, base));

test("a model of our own format is copied beside the server, and nothing is run", () => {
  expect(dockerfileOf()).toBe(`${HEAD}COPY app /app
COPY model /model
COPY bill /bill
ENV NODE_ENV="production"
WORKDIR /app
USER 65534
EXPOSE 8080
ENTRYPOINT ["node","/app/server.mjs","--port","8080","--model-dir","/model","--model","sentiment","--version","v1"]
`);
});

test("a server of one's own is started as its document says, where others can reach it", () => {
  const command = ["uvicorn", "serve:app", "--host", "127.0.0.1", "--port", "{port}", "--metrics", "{port:metrics}"];
  const env = { MODEL: "{content}/$a", SIZE: "3", HOST: "127.0.0.1" };
  const python = { version: "3.12", lock: "requirements.lock" };
  expect(dockerfileOf(served({ kind: "command", command, env, python }))).toBe(`${HEAD}COPY model /model
COPY bill /bill
RUN ["python","-m","pip","install","--no-cache-dir","--no-input","--disable-pip-version-check","--require-hashes","--only-binary",":all:","-r","/model/requirements.lock"]
ENV PYTHONDONTWRITEBYTECODE="1"
ENV MODEL="/model/\\$a"
ENV SIZE="3"
ENV HOST="0.0.0.0"
WORKDIR /model
USER 65534
EXPOSE 8080
ENTRYPOINT ["uvicorn","serve:app","--host","0.0.0.0","--port","8080","--metrics","8081"]
`);
});

test("one that only listens on a socket is refused: nobody could reach it", () => {
  expect(() => dockerfileOf(served({ kind: "command", command: ["serve", "{socket}"] }))).toThrow(
    "versions.v1.serve.command: seen {socket}; allowed in an image: {port}, which others can reach. Let the server listen on a port.",
  );
});

test("the packages of a lock file are listed with their versions, and their hash where there is one", () => {
  const [one, other] = ["1".repeat(64), "2".repeat(64)];
  const lock = `# by a tool\nFlask[async]==3.1.0 ; python_version >= "3.9" \\\n    --hash=sha256:${one} \\\n    --hash=sha256:${other}\n    # via -r requirements.in\nclick==8.2.1 --hash=sha256:${one}\n`;
  expect(lockedPackages(lock)).toEqual([
    { from: "pypi", name: "flask", version: "3.1.0", hashes: [one, other] },
    { from: "pypi", name: "click", version: "8.2.1", hashes: [one] },
  ]);
});
