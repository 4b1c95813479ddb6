import { dataCommands } from "./commands/data-commands.ts";
import type { Keyspace, Watch } from "./keyspace.ts";
import { answer, nullArray, ok, RedisError, type Reply, status } from "./reply.ts";
import { serverCommands } from "./server-commands.ts";
import type { Databases, Session, SessionCommand } from "./session-contract.ts";

interface SessionParts {
  id: number;
  databases: Databases;
  send: (reply: Reply) => void;
  end: () => void;
}

const arityError = (name: string) => new RedisError(`ERR wrong number of arguments for '${name}' command`);
const whileSubscribed = ["subscribe", "unsubscribe", "psubscribe", "punsubscribe", "ping", "quit", "reset"];

export function createSession({ id, databases, send, end }: SessionParts): Session {
  let queue: { commands: (readonly string[])[]; isBroken: boolean } | undefined;
  const watched: { keyspace: Keyspace; key: string }[] = [];
  const watch: Watch = { touched: false };

  /** Says whether a watched key has changed. */
  function unwatch(): boolean {
    for (const { keyspace, key } of watched.splice(0)) keyspace.unwatch(key, watch);
    const wasTouched = watch.touched;
    watch.touched = false;
    return wasTouched;
  }

  function find(words: readonly string[], from: "client" | "script"): SessionCommand {
    const [given = "", ...args] = words;
    const name = given.toLowerCase();
    const command = serverCommands.get(name) ?? dataCommand(name) ?? (from === "client" ? flow.get(name) : undefined);
    if (!command) {
      const isFlow = flow.has(name);
      if (!isFlow) databases.unsupported(name);
      if (from === "script") {
        throw new RedisError(
          isFlow ? "ERR This Redis command is not allowed from script" : "ERR Unknown Redis command called from script",
        );
      }
      const beginning = args.map((arg) => `'${arg.slice(0, 128)}' `).join("");
      throw new RedisError(`ERR unknown command '${given.slice(0, 128)}', with args beginning with: ${beginning}`);
    }
    if (from === "script" && !command.allowedInScripts) {
      throw new RedisError("ERR This Redis command is not allowed from script");
    }
    if (command.arity < 0 ? words.length < -command.arity : words.length !== command.arity) {
      throw from === "script"
        ? new RedisError("ERR Wrong number of args calling Redis command from script")
        : arityError(name);
    }
    return command;
  }

  /** Transactions, and what ends the conversation: never queued, never part of a script. */
  const flow = new Map<string, SessionCommand>([
    [
      "multi",
      {
        arity: 1,
        run() {
          if (queue) throw new RedisError("ERR MULTI calls can not be nested");
          queue = { commands: [], isBroken: false };
          return ok;
        },
      },
    ],
    ["exec", { arity: 1, run: exec }],
    [
      "discard",
      {
        arity: 1,
        run() {
          if (!queue) throw new RedisError("ERR DISCARD without MULTI");
          queue = undefined;
          unwatch();
          return ok;
        },
      },
    ],
    [
      "watch",
      {
        arity: -2,
        run(keys) {
          if (queue) throw new RedisError("ERR WATCH inside MULTI is not allowed");
          for (const key of keys) {
            session.keyspace().watch(key, watch);
            watched.push({ keyspace: session.keyspace(), key });
          }
          return ok;
        },
      },
    ],
    [
      "unwatch",
      {
        arity: 1,
        run() {
          unwatch();
          return ok;
        },
      },
    ],
    [
      "reset",
      {
        arity: 1,
        run() {
          session.reset();
          return status("RESET");
        },
      },
    ],
    [
      "quit",
      {
        arity: -1,
        run() {
          send(ok);
          end();
          return undefined;
        },
      },
    ],
  ]);

  function exec(): Reply {
    const transaction = queue;
    if (!transaction) throw new RedisError("ERR EXEC without MULTI");
    queue = undefined;
    const wasTouched = unwatch();
    if (transaction.isBroken) throw new RedisError("EXECABORT Transaction discarded because of previous errors.");
    if (wasTouched) return nullArray;
    return transaction.commands.map((words) => answer(() => session.execute(words, "client") ?? null));
  }

  function enqueue(words: readonly string[], transaction: NonNullable<typeof queue>): Reply {
    try {
      find(words, "client");
    } catch (error) {
      transaction.isBroken = true;
      throw error;
    }
    transaction.commands.push(words);
    return status("QUEUED");
  }

  const session: Session = {
    id,
    databases,
    protocol: 2,
    database: 0,
    name: "",
    channels: new Set(),
    patterns: new Set(),
    send,
    end,
    keyspace: () => databases.keyspaces[session.database] ?? databases.keyspaces[0] ?? noKeyspace(),
    execute: (words, from) => find(words, from).run(words.slice(1), session),
    handle(words) {
      const name = words[0]?.toLowerCase() ?? "";
      const reply = answerOrNothing(() => {
        const isSubscribed = session.protocol === 2 && session.channels.size + session.patterns.size > 0;
        if (isSubscribed && !whileSubscribed.includes(name)) {
          throw new RedisError(
            `ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`,
          );
        }
        if (queue && (name === "unwatch" || !flow.has(name))) return enqueue(words, queue);
        return session.execute(words, "client");
      });
      if (reply !== undefined) send(reply);
    },
    reset() {
      queue = undefined;
      unwatch();
      for (const channel of session.channels) databases.pubSub.unsubscribe(channel, session);
      for (const pattern of session.patterns) databases.pubSub.unsubscribePattern(pattern, session);
      session.channels.clear();
      session.patterns.clear();
      session.protocol = 2;
      session.database = 0;
      session.name = "";
    },
  };
  return session;
}

function dataCommand(name: string): SessionCommand | undefined {
  const command = dataCommands.get(name);
  return (
    command && {
      arity: command.arity,
      allowedInScripts: true,
      run: (args, session) => command.run(args, session.keyspace()),
    }
  );
}

function answerOrNothing(work: () => Reply | undefined): Reply | undefined {
  let isSilent = false;
  const reply = answer(() => {
    const made = work();
    isSilent = made === undefined;
    return made ?? null;
  });
  return isSilent ? undefined : reply;
}

function noKeyspace(): never {
  throw new Error("a server has at least one database");
}
