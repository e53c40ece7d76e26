import { spawn } from "node:child_process";
import { createServer } from "node:http";

// A program as somebody else might write it. MODE says which of its manners are bad: the words of `manners`, with a plus
// between them.

const manners = new Set((process.env.MODE ?? "").split("+"));
const port = Number(process.env.PORT);
const answer = manners.has("nonsense") ? "<html>200 OK</html>" : '{"kind": 1, "probability": 0.75}';

const server = createServer((request, response) => {
  const { url = "" } = request;
  request.resume();
  if (url === "/health") response.writeHead(200).end("ok");
  else if (url === "/crash") process.exit(7);
  else if (url === "/predict" && manners.has("late"))
    response.writeHead(Date.now() < started + 1_500 ? 503 : 200).end(answer);
  else if (url === "/predict" && manners.has("fails"))
    response.writeHead(500).end("Traceback: /home/somebody/secret.py");
  else if (url === "/predict" && manners.has("refuses")) response.writeHead(422).end("age is missing");
  else response.writeHead(url === "/predict" ? 200 : 404).end(answer);
});
const started = Date.now();

if (manners.has("secrets")) process.stderr.write(`connecting with ${process.env.API_TOKEN} and ${process.env.LEVEL}\n`);
if (manners.has("deaf")) process.on("SIGTERM", () => {});
if (manners.has("forgets")) {
  // Forks, and forgets what it started.
  spawn(process.execPath, [import.meta.filename], {
    detached: true,
    stdio: "ignore",
    env: { ...process.env, MODE: "deaf" },
  });
  process.exit(0);
}
if (manners.has("workers")) {
  // A worker with a session of its own that does not listen to SIGTERM.
  spawn(process.execPath, ["-e", "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"], {
    detached: true,
    stdio: "ignore",
  });
}
if (manners.has("hungry")) {
  const eaten: Buffer[] = [];
  setInterval(() => eaten.push(Buffer.alloc(50 * 1024 * 1024, 1)), 200);
}
if (!manners.has("silent")) server.listen(manners.has("elsewhere") ? 0 : port, "127.0.0.1");
else setInterval(() => {}, 1_000);
