import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import type { Report } from "../report.ts";
import { createKeyspace } from "./keyspace.ts";
import { createPubSub } from "./pub-sub.ts";
import { encodeReply, RedisError } from "./reply.ts";
import { createCommandReader } from "./resp.ts";
import { createScripts } from "./scripts.ts";
import { createSession } from "./session.ts";
import type { Databases } from "./session-contract.ts";

export interface EmbeddedServer {
  port: number;
  stop(): Promise<void>;
}

const databaseCount = 16;
const expiryIntervalMs = 1_000;

/** A small Redis in this process: what caches, locks, rate limits and notifications use. Its data are gone when it stops. */
export async function startEmbeddedServer(parts: {
  host: string;
  port: number;
  report: Report;
  now?: () => number;
}): Promise<EmbeddedServer> {
  const { host, port, report, now = Date.now } = parts;
  const named = new Set<string>();
  const databases: Databases = {
    keyspaces: Array.from({ length: databaseCount }, () => createKeyspace(now)),
    pubSub: createPubSub(),
    scripts: await createScripts(),
    now,
    unsupported(command) {
      if (named.has(command) || named.size > 1_000) return;
      named.add(command);
      report({ level: "WARN", message: `the embedded Redis has no command ${JSON.stringify(command.slice(0, 128))}` });
    },
  };
  const sockets = new Set<Socket>();
  let lastId = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    serve(socket, ++lastId, databases, report);
  });
  server.listen(port, host);
  await once(server, "listening");
  const expiry = setInterval(() => {
    for (const keyspace of databases.keyspaces) keyspace.removeExpired();
  }, expiryIntervalMs).unref();

  const address = server.address();
  return {
    port: typeof address === "object" && address ? address.port : port,
    async stop() {
      clearInterval(expiry);
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function serve(socket: Socket, id: number, databases: Databases, report: Report): void {
  const read = createCommandReader();
  let replies = "";
  let isReading = false;
  let isEnding = false;

  const flush = () => {
    if (replies !== "") socket.write(replies, "latin1");
    replies = "";
  };
  const session = createSession({
    id,
    databases,
    send(reply) {
      replies += encodeReply(reply, session.protocol);
      if (!isReading) flush(); // Somebody published while this client was silent.
    },
    end() {
      isEnding = true;
    },
  });

  socket.on("error", () => undefined); // "close" follows, and that is all there is to know.
  socket.once("close", () => session.reset());
  socket.on("data", (chunk) => {
    isReading = true;
    try {
      for (const words of read(chunk)) {
        session.handle(words);
        if (isEnding) break;
      }
    } catch (error) {
      isEnding = true;
      if (error instanceof RedisError) session.send({ kind: "error", text: error.message });
      else report({ level: "ERROR", message: "the embedded Redis failed", error });
    }
    isReading = false;
    flush();
    if (isEnding) socket.end();
  });
}
