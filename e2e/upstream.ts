import { z } from "zod";

const billSchema = z.object({
  entries: z.array(z.object({ predictionId: z.string(), amountMicros: z.int() })),
  totalMicros: z.int(),
});

const requestSchema = z.object({
  kind: z.literal("request"),
  method: z.string(),
  path: z.string(),
  status: z.int().nullable(),
  predictionId: z.string().optional(),
  body: z.object({ webhook: z.string().optional() }).optional().catch(undefined),
});
const webhookSchema = z.object({
  kind: z.literal("webhook"),
  predictionId: z.string(),
  event: z.string(),
  status: z.int().nullable(),
  outcome: z.string(),
});
const logSchema = z.object({
  entries: z.array(z.union([requestSchema, webhookSchema, z.object({ kind: z.string() })])),
});
const secretSchema = z.object({ key: z.string().startsWith("whsec_") });

/** Replicate's side of the story, as its double tells it. */
export function createUpstream(replicateUrl: string) {
  async function get<Schema extends z.ZodType>(path: string, schema: Schema): Promise<z.output<Schema>> {
    const response = await fetch(`${replicateUrl}${path}`, {
      headers: { authorization: "Bearer r8_replicate_double" },
    });
    return schema.parse(await response.json());
  }

  const readBill = () => get("/_bill", billSchema);
  const readLog = async () => (await get("/_log?limit=100000", logSchema)).entries;

  async function readCreates() {
    const requests = z.array(requestSchema).parse((await readLog()).filter(({ kind }) => kind === "request"));
    return requests.filter(({ method, path }) => method === "POST" && path.endsWith("/predictions"));
  }

  return {
    readBill,

    countCreates: async () => (await readCreates()).length,

    /** What one prediction is billed. */
    async billed(predictionId: string): Promise<number> {
      const { entries } = await readBill();
      return entries
        .filter((entry) => entry.predictionId === predictionId)
        .reduce((sum, { amountMicros }) => sum + amountMicros, 0);
    },

    /** The predictions that were made, by the job that their webhook names. */
    async predictionsOf(jobId: string): Promise<string[]> {
      const own = (await readCreates()).filter(({ body }) => body?.webhook?.includes(jobId));
      return own.flatMap(({ predictionId }) => predictionId ?? []);
    },

    async webhooksOf(predictionId: string) {
      const webhooks = z.array(webhookSchema).parse((await readLog()).filter(({ kind }) => kind === "webhook"));
      return webhooks.filter((webhook) => webhook.predictionId === predictionId);
    },

    async statusOf(predictionId: string): Promise<string> {
      return (await get(`/v1/predictions/${predictionId}`, z.object({ status: z.string() }))).status;
    },

    readWebhookSecret: async () => (await get("/v1/webhooks/default/secret", secretSchema)).key,

    async plantFault(rule: unknown): Promise<void> {
      const response = await fetch(`${replicateUrl}/_faults`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(rule),
      });
      if (response.status !== 201) throw new Error(`The fault is refused: ${await response.text()}`);
    },
  };
}
