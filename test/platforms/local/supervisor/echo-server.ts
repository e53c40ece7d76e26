import { renameSync } from "node:fs";
import { createServer } from "node:http";

// A process to be supervised: `echo-server.ts <socket | port> [ignore-term]`. Answers with its instance and its pid.

const [address = "", manner] = process.argv.slice(2);
const server = createServer((_request, response) => {
  response.end(JSON.stringify({ instance: process.env.MLC_INSTANCE, pid: process.pid, env: process.env }));
});
server.on("error", (error) => {
  console.log(`cannot listen on ${address}: ${error.message}`);
  process.exit("code" in error && error.code === "EADDRINUSE" ? 98 : 1);
});
if (/^\d+$/.test(address)) {
  const reusePort = process.env.MLC_TAKEOVER === "1";
  server.listen({ host: "127.0.0.1", port: Number(address), reusePort });
} else {
  // Renamed into place, so that a predecessor serves on until now.
  const own = `${address}.${process.pid}`;
  server.listen(own, () => renameSync(own, address));
}
process.on("SIGTERM", () => {
  if (manner !== "ignore-term") process.exit(0);
});
console.log(`listening on ${address}`);
