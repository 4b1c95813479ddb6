import { Hono } from "hono";
import type { Environment } from "./environment.ts";

/** Whose token it is; it owns the deployments, files and models that are made here. */
export const account = {
  type: "organization",
  username: "replicate-double",
  name: "Replicate double",
  github_url: "https://github.com/replicate",
  avatar_url: null,
} as const;

export function accountRoutes(webhookSecret: string) {
  return new Hono<Environment>()
    .get("/account", (context) => context.json(account))
    .get("/webhooks/default/secret", (context) => context.json({ key: webhookSecret }));
}
