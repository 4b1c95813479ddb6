import { AwsError } from "../endpoint/aws-error.ts";
import type { Store, Write } from "./engine.ts";

const lifetimeMs = 10 * 60_000;

export interface RequestTokens {
  load(): Promise<void>;
  /** Whether this very request was done already; throws if another one was, under the same token. */
  knows(token: string, fingerprint: string): boolean;
  /** What to commit with the transaction, so that both are there or neither. */
  entry(token: string, fingerprint: string): Write;
  /** Keeps up with what was committed. */
  follow(writes: readonly Write[]): void;
  forgetOld(): Promise<void>;
}

/** The ClientRequestTokens of the last ten minutes. */
export function createRequestTokens(store: Store, now: () => number): RequestTokens {
  const tokens = new Map<string, { fingerprint: string; expiresAt: number }>();

  const note = (key: string, value: unknown) => {
    if (!key.startsWith("token~")) return;
    const { fingerprint, expiresAt }: { fingerprint?: unknown; expiresAt?: unknown } = Object(value);
    if (typeof fingerprint === "string" && typeof expiresAt === "number") {
      tokens.set(key.slice("token~".length), { fingerprint, expiresAt });
    }
  };

  return {
    async load() {
      for await (const [key, value] of store.db.iterator({ gte: "token~", lt: "token~\xff" })) note(key, value);
    },
    knows(token, fingerprint) {
      const known = tokens.get(token);
      if (!known || known.expiresAt <= now()) return false;
      if (known.fingerprint === fingerprint) return true;
      throw new AwsError(
        "IdempotentParameterMismatchException",
        "DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.",
      );
    },
    entry: (token, fingerprint) => ({
      type: "put",
      key: `token~${token}`,
      value: { fingerprint, expiresAt: now() + lifetimeMs },
    }),
    follow(writes) {
      for (const write of writes) if (write.type === "put") note(write.key, write.value);
    },
    async forgetOld() {
      const old = [...tokens].filter(([, { expiresAt }]) => expiresAt <= now()).map(([token]) => token);
      if (old.length === 0) return;
      await store.db.batch(old.map((token) => ({ type: "del", key: `token~${token}` })));
      for (const token of old) tokens.delete(token);
    },
  };
}
