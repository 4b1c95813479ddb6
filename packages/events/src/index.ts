export { type Announcement, announce, eventIdOf, type Publish } from "./announce.ts";
export { catalogue } from "./catalogue.ts";
export {
  type AnyEvent,
  defineEvent,
  type EventDefinition,
  envelopeSchema,
  type PayloadOf,
  patternOf,
  type ServiceName,
  serviceNames,
  sourceOf,
} from "./define-event.ts";
export { type Delivered, parseDelivery } from "./delivered.ts";
export { Permanent, Rejected, RetryLater } from "./errors.ts";
export {
  type AccountId,
  accountIdSchema,
  type EventId,
  eventIdSchema,
  type JobId,
  jobIdSchema,
  type PredictionId,
  predictionIdSchema,
  type UserId,
  userIdSchema,
} from "./ids.ts";
export { JobCancelRequested, JobRequested } from "./intake-events.ts";
export { type Failure, failureSchema, type MediaType, mediaTypeSchema, mediaTypes } from "./job.ts";
export { JobCharged } from "./ledger-events.ts";
export {
  microsSchema,
  type PriceBasis,
  type PriceRule,
  priceMicros,
  priceRuleSchema,
  type Quantities,
  quantitiesSchema,
} from "./price.ts";
export { PredictionCompleted, PredictionStarted } from "./replicate-bridge-events.ts";
export { MediaLost, MediaStored, type StoredMedia, storedMediaSchema } from "./storage-events.ts";
