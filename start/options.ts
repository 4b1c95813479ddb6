import { parseArgs } from "node:util";
import { z } from "zod";

/** 0 takes any that is free. */
const port = z.coerce
  .number("is not a number")
  .int("is not a whole number")
  .min(0, "is below 0")
  .max(65_535, "is above 65535");

/** Everything that `npm start` reads from the environment. Each has a default, so that nothing need be set. */
const environment = z.object({
  PORT: port.default(3000),
  VSL_AWS_PORT: port.default(4566),
  VSL_REPLICATE_PORT: port.default(4000),
  VSL_DATA: z.string().min(1).optional(),
  /** Seconds of the Replicate double per second of a real model. */
  VSL_TIME_SCALE: z.coerce.number("is not a number").nonnegative("is below 0").default(0.1),
  VSL_REQUIRE_KEYS: z.enum(["0", "1"], "is neither 0 nor 1").default("0"),
  DATABASE_URL: z.string().min(1).optional(),
  REDIS_URL: z.string().min(1).optional(),
  REPLICATE_API_TOKEN: z.string().min(1).optional(),
  REPLICATE_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_/, "does not begin with whsec_")
    .optional(),
});

export interface StartOptions {
  port: number;
  awsPort: number;
  replicatePort: number;
  dataDir: string;
  timeScale: number;
  requireKeys: boolean;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  replicateToken: string | undefined;
  replicateWebhookSecret: string | undefined;
  fresh: boolean;
  help: boolean;
}

export const usage = `npm start -- [--fresh] [--help]

  --fresh               start over: everything under VSL_DATA is removed first

  PORT                  the HTTP API (3000)
  VSL_AWS_PORT          the AWS endpoint (4566)
  VSL_REPLICATE_PORT    the stand-in for Replicate (4000)
                        each of the three: 0 takes any that is free
  VSL_DATA              where everything is kept (.vsl; .vsl-replicate with a token)
  VSL_TIME_SCALE        seconds of the stand-in per second of a real model (0.1)
  VSL_REQUIRE_KEYS      1 answers nobody without an API key (0)
  DATABASE_URL          a Postgres of yours instead of the embedded one
  REDIS_URL             a Redis of yours instead of one that comes along or is installed here
  REPLICATE_API_TOKEN   use the real Replicate, which bills you
  REPLICATE_WEBHOOK_SECRET
                        whsec_…: what webhooks are signed with, if you have them forwarded to POST /webhook/replicate
`;

/** Throws one line that names the variable, what is wrong with it, and nothing of its value: it may be a secret. */
export function readOptions(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): StartOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: { fresh: { type: "boolean", default: false }, help: { type: "boolean", default: false } },
  });
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ""));
  const parsed = environment.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${issue?.path.join(".")} ${issue?.message}: correct it, or unset it for its default.`);
  }
  const { data } = parsed;
  return {
    port: data.PORT,
    awsPort: data.VSL_AWS_PORT,
    replicatePort: data.VSL_REPLICATE_PORT,
    dataDir: data.VSL_DATA ?? (data.REPLICATE_API_TOKEN ? ".vsl-replicate" : ".vsl"),
    timeScale: data.VSL_TIME_SCALE,
    requireKeys: data.VSL_REQUIRE_KEYS === "1",
    databaseUrl: data.DATABASE_URL,
    redisUrl: data.REDIS_URL,
    replicateToken: data.REPLICATE_API_TOKEN,
    replicateWebhookSecret: data.REPLICATE_WEBHOOK_SECRET,
    ...values,
  };
}
