/** A model server that ends on a request with "end" in it: `mortal-server.ts <socket> <version>`. */
import { rmSync } from "node:fs";
import { createServer } from "node:http";

const [, , socket = "", version = ""] = process.argv;

const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
  let body = "";
  request.on("data", (part: Buffer) => {
    body += part.toString();
  });
  request.on("end", () => {
    if (body.includes('"end"')) process.exit(1);
    const text = JSON.stringify({ version, label: "positive" });
    response.writeHead(200, { "content-type": "application/json", "content-length": text.length });
    response.end(text);
  });
});
rmSync(socket, { force: true });
server.listen(socket, () => console.log("listens"));
