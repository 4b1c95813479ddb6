import { bigIntegerOf, integerOf } from "./commands/arguments.ts";
import { dataCommands } from "./commands/data-commands.ts";
import { map, ok, push, RedisError, type Reply, status, syntaxError } from "./reply.ts";
import type { Session, SessionCommand } from "./session-contract.ts";

/** The Redis whose behaviour this server has, so that clients expect the right thing. */
const compatibleVersion = "7.0.15";

function hello([version, ...words]: string[], session: Session): Reply {
  if (version !== undefined) {
    if (!/^\d+$/.test(version)) throw new RedisError("ERR Protocol version is not an integer or out of range");
    if (version !== "2" && version !== "3") throw new RedisError("NOPROTO unsupported protocol version");
    for (let at = 0; at < words.length; ) {
      const option = words[at]?.toUpperCase();
      // There is one user, who needs no password: whatever is given is right, as on a fresh Redis.
      if (option === "AUTH" && at + 2 < words.length) at += 3;
      else if (option === "SETNAME" && at + 1 < words.length) {
        session.name = words[at + 1] ?? "";
        at += 2;
      } else throw new RedisError(`ERR Syntax error in HELLO option '${words[at]}'`);
    }
    session.protocol = version === "3" ? 3 : 2;
  }
  return map([
    ["server", "redis"],
    ["version", compatibleVersion],
    ["proto", session.protocol],
    ["id", session.id],
    ["mode", "standalone"],
    ["role", "master"],
    ["modules", []],
  ]);
}

function client([word = "", ...args]: string[], session: Session): Reply {
  switch (word.toUpperCase()) {
    case "ID":
      return session.id;
    case "GETNAME":
      return session.name === "" ? null : session.name;
    case "SETNAME":
      session.name = args[0] ?? "";
      return ok;
    case "SETINFO":
      return ok;
    default:
      throw unknownSubcommand("CLIENT", word);
  }
}

const unknownSubcommand = (command: string, word: string) =>
  new RedisError(`ERR unknown subcommand '${word}'. Try ${command} HELP.`);

function info(session: Session): string {
  const keys = session.databases.keyspaces.map((keyspace) => Array.from(keyspace.keys()).length);
  const lines = [
    "# Server",
    `redis_version:${compatibleVersion}`,
    "server_name:local-cloud",
    "redis_mode:standalone",
    `process_id:${process.pid}`,
    "",
    "# Persistence",
    "loading:0",
    "",
    "# Replication",
    "role:master",
    "",
    "# Keyspace",
    ...keys.flatMap((count, database) => (count > 0 ? [`db${database}:keys=${count},expires=0,avg_ttl=0`] : [])),
  ];
  return lines.map((line) => `${line}\r\n`).join("");
}

function select([index = ""]: string[], session: Session): Reply {
  const database = integerOf(index);
  if (!session.databases.keyspaces[database]) throw new RedisError("ERR DB index is out of range");
  session.database = database;
  return ok;
}

function evaluate(sha: string, [countText = "", ...words]: string[], session: Session): Reply {
  const count = Number(bigIntegerOf(countText));
  if (count > words.length) throw new RedisError("ERR Number of keys can't be greater than number of args");
  if (count < 0) throw new RedisError("ERR Number of keys can't be negative");
  const database = session.database;
  try {
    return session.databases.scripts.run(
      sha,
      words.slice(0, count),
      words.slice(count),
      (command) => session.execute(command, "script") ?? null,
    );
  } finally {
    session.database = database; // A script's SELECT is its own.
  }
}

function script([word = "", ...args]: string[], { databases: { scripts } }: Session): Reply {
  switch (word.toUpperCase()) {
    case "LOAD":
      if (args[0] === undefined || args.length > 1) throw unknownSubcommand("SCRIPT", word);
      return scripts.load(args[0]);
    case "EXISTS":
      return args.map((sha) => (scripts.has(sha.toLowerCase()) ? 1 : 0));
    case "FLUSH":
      scripts.forget();
      return ok;
    default:
      throw unknownSubcommand("SCRIPT", word);
  }
}

function flush(session: Session, [mode = "SYNC", ...more]: string[], isEverything: boolean): Reply {
  if (!["SYNC", "ASYNC"].includes(mode.toUpperCase()) || more.length > 0) throw syntaxError();
  for (const keyspace of isEverything ? session.databases.keyspaces : [session.keyspace()]) keyspace.clear();
  return ok;
}

/** `(P)SUBSCRIBE` and `(P)UNSUBSCRIBE` answer once for each name. */
function tell(session: Session, kind: string, names: string[], change: (name: string) => void): undefined {
  for (const name of names) {
    change(name);
    session.send(push(kind, name, session.channels.size + session.patterns.size));
  }
  if (names.length === 0) session.send(push(kind, null, session.channels.size + session.patterns.size));
  return undefined;
}

export const serverCommands: ReadonlyMap<string, SessionCommand> = new Map(
  Object.entries<SessionCommand>({
    ping: {
      arity: -1,
      allowedInScripts: true,
      run([text, ...more], session) {
        if (more.length > 0) throw new RedisError("ERR wrong number of arguments for 'ping' command");
        const isListening = session.protocol === 2 && session.channels.size + session.patterns.size > 0;
        return isListening ? push("pong", text ?? "") : (text ?? status("PONG"));
      },
    },
    echo: { arity: 2, allowedInScripts: true, run: ([text = ""]) => text },
    hello: { arity: -1, run: hello },
    client: { arity: -2, run: client },
    select: { arity: 2, allowedInScripts: true, run: select },
    info: { arity: -1, allowedInScripts: true, run: (_, session) => info(session) },
    time: {
      arity: 1,
      allowedInScripts: true,
      run(_, { databases }) {
        const ms = databases.now();
        return [String(Math.floor(ms / 1_000)), String((ms % 1_000) * 1_000)];
      },
    },
    command: {
      arity: -1,
      run([word, ...more]) {
        const names = [...serverCommands.keys(), ...dataCommands.keys()];
        if (word === undefined) return names;
        if (word.toUpperCase() === "COUNT" && more.length === 0) return names.length;
        if (word.toUpperCase() === "LIST" && more.length === 0) return names;
        if (word.toUpperCase() === "DOCS") return map([]);
        throw unknownSubcommand("COMMAND", word);
      },
    },
    flushdb: { arity: -1, allowedInScripts: true, run: (args, session) => flush(session, args, false) },
    flushall: { arity: -1, allowedInScripts: true, run: (args, session) => flush(session, args, true) },
    eval: {
      arity: -3,
      run: ([source = "", ...args], session) => evaluate(session.databases.scripts.load(source), args, session),
    },
    evalsha: {
      arity: -3,
      run([sha = "", ...args], session) {
        if (!session.databases.scripts.has(sha.toLowerCase())) {
          throw new RedisError("NOSCRIPT No matching script. Please use EVAL.");
        }
        return evaluate(sha.toLowerCase(), args, session);
      },
    },
    script: { arity: -2, run: script },
    publish: {
      arity: 3,
      allowedInScripts: true,
      run: ([channel = "", message = ""], { databases }) => databases.pubSub.publish(channel, message),
    },
    subscribe: {
      arity: -2,
      run: (channels, session) =>
        tell(session, "subscribe", channels, (channel) => {
          session.channels.add(channel);
          session.databases.pubSub.subscribe(channel, session);
        }),
    },
    unsubscribe: {
      arity: -1,
      run: (channels, session) =>
        tell(session, "unsubscribe", channels.length > 0 ? channels : [...session.channels], (channel) => {
          session.channels.delete(channel);
          session.databases.pubSub.unsubscribe(channel, session);
        }),
    },
    psubscribe: {
      arity: -2,
      run: (patterns, session) =>
        tell(session, "psubscribe", patterns, (pattern) => {
          session.patterns.add(pattern);
          session.databases.pubSub.subscribePattern(pattern, session);
        }),
    },
    punsubscribe: {
      arity: -1,
      run: (patterns, session) =>
        tell(session, "punsubscribe", patterns.length > 0 ? patterns : [...session.patterns], (pattern) => {
          session.patterns.delete(pattern);
          session.databases.pubSub.unsubscribePattern(pattern, session);
        }),
    },
  }),
);
