import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { dirname } from "node:path";

export const host = "127.0.0.1";

/** A port and how a person changes it. */
export interface WantedPort {
  port: number;
  purpose: string;
  remedy: string;
}

/** Listens on loopback and answers the port; a port that is taken is one clear line. */
export async function listen(server: Server, { port, purpose, remedy }: WantedPort): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, "listening");
  } catch (cause) {
    const reason = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (reason !== "EADDRINUSE" && reason !== "EACCES") throw cause;
    const trouble = reason === "EADDRINUSE" ? "is taken by another program" : "may not be used by this user";
    throw new Error(`Port ${port}, wanted for ${purpose}, ${trouble}: free it, or choose another with ${remedy}.`, {
      cause,
    });
  }
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

/** Fails before anything was started for a port that could not be had later. */
export async function checkPort(wanted: WantedPort): Promise<void> {
  const probe = createServer();
  await listen(probe, wanted);
  probe.close();
  await once(probe, "close");
}

/** Starts an engine on the port that it had before, or on a free one, and remembers which. */
export async function startOnKeptPort<T extends { port: number }>(
  portFile: string,
  start: (port: number) => Promise<T>,
): Promise<T> {
  const kept = Number.parseInt(await readFile(portFile, "utf8").catch(() => "0"), 10) || 0;
  const engine = await start(kept).catch((error: unknown) => {
    // Somebody else may have taken it while we were away; any other trouble would only repeat.
    if (kept !== 0 && error instanceof Error && /\btaken\b/.test(error.message)) return start(0);
    throw error;
  });
  await mkdir(dirname(portFile), { recursive: true });
  await writeFile(portFile, String(engine.port));
  return engine;
}
