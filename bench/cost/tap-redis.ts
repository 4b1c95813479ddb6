import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface RedisTap {
  url: string;
  /** How often each command was sent, by its name in capitals. */
  commands: Map<string, number>;
  stop(): Promise<void>;
}

/** Stands before a Redis and counts what it is asked. */
export async function tapRedis(target: { host: string; port: number }): Promise<RedisTap> {
  const commands = new Map<string, number>();
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const redis = connect(target);
    for (const socket of [client, redis]) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      socket.on("error", () => socket.destroy());
    }
    const see = readCommands((name) => commands.set(name, (commands.get(name) ?? 0) + 1));
    client.on("data", (chunk) => see(chunk.toString("latin1")));
    client.pipe(redis).pipe(client);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("the tap has no port");
  return {
    url: `redis://127.0.0.1:${address.port}`,
    commands,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Names the commands of a RESP stream, however it is cut. Clients send arrays of bulk strings: `*1\r\n$4\r\nPING\r\n`. */
export function readCommands(onCommand: (name: string) => void): (chunk: string) => void {
  let pending = "";
  return (chunk) => {
    pending += chunk;
    for (let command = takeCommand(pending); command; command = takeCommand(pending)) {
      pending = pending.slice(command.length);
      onCommand(command.name);
    }
  };
}

/** The first whole command, and how many characters it is. */
function takeCommand(text: string): { name: string; length: number } | null {
  const header = /^\*(\d+)\r\n/.exec(text);
  if (!header) return null;
  let at = header[0].length;
  let name = "";
  for (let word = 0; word < Number(header[1]); word++) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at, at + 32));
    if (!size) return null;
    const start = at + size[0].length;
    at = start + Number(size[1]) + 2;
    if (at > text.length) return null;
    if (word === 0) name = text.slice(start, at - 2).toUpperCase();
  }
  return { name, length: at };
}
