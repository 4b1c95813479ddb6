import * as z from "zod";

const bodySchema = z.object({
  retry_after: z.number().optional().catch(undefined),
  detail: z.string().optional().catch(undefined),
});

const fallbackSeconds = 30;
const maxSeconds = 3600;

/** How long upstream wants us to wait: its header, else its body's number, else its sentence, else 30 seconds. */
export function retryAfterSeconds({
  header,
  body,
  now,
}: {
  header: string | null;
  body: unknown;
  now: number;
}): number {
  const { retry_after: inBody, detail = "" } = bodySchema.safeParse(body).data ?? {};
  const inSentence = /resets in ~?(\d+(?:\.\d+)?)\s*s/i.exec(detail)?.[1];
  const seconds = headerSeconds(header, now) ?? inBody ?? (inSentence === undefined ? undefined : Number(inSentence));
  return Math.min(maxSeconds, Math.max(1, seconds ?? fallbackSeconds));
}

/** `Retry-After` is a number of seconds or an HTTP date. */
function headerSeconds(header: string | null, now: number): number | undefined {
  if (!header) return undefined;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : (date - now) / 1000;
}
