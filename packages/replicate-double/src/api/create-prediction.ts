import { randomInt } from "node:crypto";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Catalogue } from "../models/catalogue.ts";
import type { Model } from "../models/define-model.ts";
import { invalidFields } from "../models/invalid-fields.ts";
import { drawTimings } from "../models/timings.ts";
import { type Prediction, webhookEvents } from "../predictions/prediction.ts";
import { secondsUntilCancel } from "./durations.ts";
import { invalidInput, invalidParameter, invalidVersion, notFound } from "./problem.ts";

const common = {
  input: z.record(z.string(), z.unknown()),
  webhook: z.url({ protocol: /^https?$/ }).optional(),
  webhook_events_filter: z.array(z.enum(webhookEvents)).optional(),
  /** Deprecated by Replicate and without effect. */
  stream: z.boolean().optional(),
};

const versionBody = z.strictObject({ version: z.string(), ...common });
const modelBody = z.strictObject(common);

interface Asked {
  /** `owner/name` in the path; without it the version in the body names the model. */
  officialModel: string | null;
  body: unknown;
  cancelAfter: string | undefined;
}

interface Surroundings {
  catalogue: Catalogue;
  clock: Clock;
  timeScale: number;
}

/** A new prediction, not yet accepted; throws the Problem that Replicate answers with. */
export function createPrediction(asked: Asked, { catalogue, clock, timeScale }: Surroundings): Prediction {
  const { model, body } = readBody(asked, catalogue);
  const reading = model.read(body.input);
  if (!reading.valid) throw invalidInput(reading.fields);
  const createdAt = clock.now();
  return {
    id: newId(),
    model: model.name,
    version: model.isOfficial ? "hidden" : model.versionId,
    input: body.input,
    order: reading.order,
    webhook: body.webhook ?? null,
    webhookEvents: body.webhook_events_filter ?? null,
    createdAt,
    deadline: deadlineOf(asked.cancelAfter, { createdAt, timeScale }),
    ...drawTimings(model.timings, reading.order.seed),
    timeScale,
    state: { status: "starting" },
  };
}

function readBody({ officialModel, body }: Asked, catalogue: Catalogue) {
  if (officialModel !== null) {
    const model = catalogue.byName(officialModel);
    if (!model?.isOfficial) throw notFound();
    return { model, body: parse(modelBody, body) };
  }
  const parsed = parse(versionBody, body);
  const model: Model | undefined = catalogue.byVersion(parsed.version);
  if (!model) throw invalidVersion();
  return { model, body: parsed };
}

function parse<Schema extends z.ZodObject>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body, { reportInput: true });
  if (!parsed.success) throw invalidInput(invalidFields(parsed.error.issues));
  return parsed.data;
}

/** Scaled like the model's own time, so that a run is cut where the real one would be. */
function deadlineOf(
  cancelAfter: string | undefined,
  { createdAt, timeScale }: { createdAt: number; timeScale: number },
) {
  if (cancelAfter === undefined) return null;
  const seconds = secondsUntilCancel(cancelAfter);
  if (seconds === null)
    throw invalidParameter("Cancel-After must be a duration of at least 5 seconds, such as 30s or 5m");
  return createdAt + seconds * 1000 * timeScale;
}

const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";

const newId = () => Array.from({ length: 26 }, () => ALPHABET[randomInt(ALPHABET.length)]).join("");
