import type { Keyspace } from "./keyspace.ts";
import type { PubSub, Subscriber } from "./pub-sub.ts";
import type { Protocol, Reply } from "./reply.ts";
import type { Scripts } from "./scripts.ts";

/** What all clients share. */
export interface Databases {
  keyspaces: readonly Keyspace[];
  pubSub: PubSub;
  scripts: Scripts;
  now(): number;
  /** Hears of commands that Redis may have and we do not. */
  unsupported(command: string): void;
}

/** One client's connection, as its commands see it. */
export interface Session extends Subscriber {
  readonly id: number;
  readonly databases: Databases;
  protocol: Protocol;
  database: number;
  name: string;
  keyspace(): Keyspace;
  readonly channels: Set<string>;
  readonly patterns: Set<string>;
  /** Runs one command now, as EXEC and scripts do. Throws RedisError. */
  execute(words: readonly string[], from: "client" | "script"): Reply | undefined;
  /** Answers one command of the client's. */
  handle(words: readonly string[]): void;
  /** Forgets what the client was in the middle of. */
  reset(): void;
  end(): void;
}

export interface SessionCommand {
  arity: number;
  allowedInScripts?: true;
  /** Nothing: it has sent its answers itself. */
  run(args: string[], session: Session): Reply | undefined;
}
