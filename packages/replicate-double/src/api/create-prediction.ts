import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Deployment } from "../deployments/deployment-store.ts";
import type { Catalogue } from "../models/catalogue.ts";
import type { Model } from "../models/define-model.ts";
import type { Order } from "../models/order.ts";
import { alwaysWarm, drawTimings } from "../models/timings.ts";
import { newId } from "../new-id.ts";
import { type Prediction, webhookEvents } from "../predictions/prediction.ts";
import { secondsUntilCancel } from "./durations.ts";
import { parseBody } from "./parse-body.ts";
import { invalidInput, invalidParameter, invalidVersion, notFound } from "./problem.ts";

const common = {
  input: z.record(z.string(), z.unknown()),
  webhook: z.url({ protocol: /^https?$/ }).optional(),
  webhook_events_filter: z.array(z.enum(webhookEvents)).optional(),
  /** Deprecated by Replicate and without effect. */
  stream: z.boolean().optional(),
};

const versionBody = z.strictObject({ version: z.string(), ...common });
const plainBody = z.strictObject(common);

/** What is to run: the version that the body names, an official model, or what a deployment holds. */
export type Target =
  | { kind: "version" }
  | { kind: "official"; name: string }
  | { kind: "deployment"; deployment: Deployment };

interface Asked {
  target: Target;
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
  const { model, body, shownVersion } = readBody(asked, catalogue);
  const deployment = asked.target.kind === "deployment" ? asked.target.deployment : null;
  const reading = model.read(body.input);
  if (!reading.valid) throw invalidInput(reading.fields);
  const createdAt = clock.now();
  const bootSeconds = deployment && deployment.minInstances > 0 ? alwaysWarm : model.timings.bootSeconds;
  return {
    id: newId(),
    model: model.name,
    version: shownVersion,
    deployment: deployment && `${deployment.owner}/${deployment.name}`,
    input: body.input,
    order: deployment ? onHardwareOf(deployment, reading.order) : reading.order,
    webhook: body.webhook ?? null,
    webhookEvents: body.webhook_events_filter ?? null,
    createdAt,
    deadline: deadlineOf(asked.cancelAfter, { createdAt, timeScale }),
    ...drawTimings({ ...model.timings, bootSeconds }, reading.order.seed),
    timeScale,
    retentionSeconds: 3_600,
    state: { status: "starting" },
  };
}

function readBody({ target, body }: Asked, catalogue: Catalogue) {
  switch (target.kind) {
    case "version": {
      const parsed = parseBody(versionBody, body);
      const model = catalogue.byVersion(parsed.version);
      if (!model) throw invalidVersion();
      return { model, body: parsed, shownVersion: model.isOfficial ? "hidden" : idIn(parsed.version, model) };
    }
    case "official": {
      const model = catalogue.byName(target.name);
      if (!model?.isOfficial) throw notFound();
      return { model, body: parseBody(plainBody, body), shownVersion: "hidden" };
    }
    case "deployment": {
      const { version } = target.deployment;
      const model = catalogue.byVersion(version);
      if (!model) throw invalidVersion();
      return { model, body: parseBody(plainBody, body), shownVersion: version };
    }
    default:
      return target satisfies never;
  }
}

const idIn = (version: string, { versionIds }: Model) => versionIds.find((id) => version.endsWith(id)) ?? version;

/** A deployment is paid for by the time of its own hardware, official model or not. */
const onHardwareOf = ({ hardware }: Deployment, order: Order): Order => ({
  ...order,
  price: { per: "second of compute", hardware },
});

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
