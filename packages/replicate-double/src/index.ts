export { models } from "./models/catalogue.ts";
export { defaultToken, defaultWebhookSecret, type ReplicateDoubleOptions } from "./options.ts";
export { type ReplicateDouble, startReplicateDouble } from "./start-double.ts";
