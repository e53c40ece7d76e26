import { readFileSync } from "node:fs";
import { createServer } from "node:http";

/** Answers 410 for versions that are retired, and names what to use instead; 404 for those that never were. Runs by itself in a pod: it imports nothing of the library. */
const [, , file = "", port = ""] = process.argv;

interface Notice {
  readonly sunset: string;
  readonly successor: string;
}

const { model, notices } = JSON.parse(readFileSync(file, "utf8")) as {
  readonly model: string;
  readonly notices: Readonly<Record<string, Notice>>;
};

const server = createServer((request, response) => {
  const json = { "content-type": "application/json" };
  // What is sent is not read, and must not stay in the connection.
  request.resume();
  if (request.url === "/healthz") {
    response.writeHead(200, json).end("{}");
    return;
  }
  const version = String(request.headers["x-model-version"] ?? "");
  const notice = Object.hasOwn(notices, version) ? notices[version] : undefined;
  if (notice === undefined) {
    response.writeHead(404, json).end(JSON.stringify({ error: `${model} has no version ${version}` }));
    return;
  }
  const { sunset, successor } = notice;
  const error = `version ${version} of ${model} was retired; use ${successor}`;
  const link = `</v2/models/${encodeURIComponent(model)}/versions/${encodeURIComponent(successor)}>`;
  response
    .writeHead(410, { ...json, sunset: new Date(sunset).toUTCString(), link: `${link}; rel="successor-version"` })
    .end(JSON.stringify({ error, version, successor, sunset }));
});

// A gateway keeps idle connections, Envoy for an hour: whoever closes one sooner resets the request that has just come on it.
server.keepAliveTimeout = 0;
server.listen(Number(port));
process.once("SIGTERM", () => server.close());
