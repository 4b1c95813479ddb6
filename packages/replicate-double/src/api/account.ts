import { Hono } from "hono";
import type { Environment } from "./environment.ts";

export function accountRoutes(webhookSecret: string) {
  return new Hono<Environment>()
    .get("/account", (context) =>
      context.json({
        type: "organization",
        username: "replicate-double",
        name: "Replicate double",
        github_url: "https://github.com/replicate",
        avatar_url: null,
      }),
    )
    .get("/webhooks/default/secret", (context) => context.json({ key: webhookSecret }));
}
