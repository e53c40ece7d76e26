import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";

/** Requests that one connection may have sent ahead of its answers. */
const MOST_AHEAD = 64;
/** The same for all connections together. */
const MOST_AHEAD_TOGETHER = 512;
/** What is still answered when a client says that it has said everything: nobody can tell whether it is there to listen. */
const MOST_AFTER_END = 8;

/** The answers that each connection waits for. */
const ahead = new WeakMap<Socket, Set<ServerResponse>>();
/** Of all connections, those behind the first. */
let aheadTogether = 0;

/** False when a connection sends and sends and takes no answer: it is closed. Called once for each request. */
export function keepsUp({ socket }: IncomingMessage, response: ServerResponse): boolean {
  const waiting = ahead.get(socket) ?? watched(socket);
  const isAhead = waiting.size > 0;
  waiting.add(response);
  if (isAhead) aheadTogether++;
  response.once("close", () => {
    waiting.delete(response);
    if (isAhead) aheadTogether--;
  });
  if (waiting.size <= MOST_AHEAD && aheadTogether <= MOST_AHEAD_TOGETHER) return true;
  socket.destroy();
  return false;
}

/** Node tells the end of a connection to the answer whose turn it is, and to none behind it. */
function watched(socket: Socket): Set<ServerResponse> {
  const waiting = new Set<ServerResponse>();
  ahead.set(socket, waiting);
  socket.once("end", () => {
    if (waiting.size > MOST_AFTER_END) socket.destroy();
  });
  socket.once("close", () => {
    for (const response of waiting) {
      response.destroy();
      response.emit("close");
    }
  });
  return waiting;
}
