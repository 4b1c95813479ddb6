import type { AppName } from "./service-names.ts";

interface SecretHint {
  /** The app that it belongs to: secrets are kept per app and stage. */
  app: AppName;
  /** Stands for the value in the command that sets it. */
  value: string;
  origin: string;
}

/** Every secret that a person sets; the database's password is made by the platform's deploy. */
export const secretHints = {
  MediaLinkSecret: {
    app: "platform",
    value: '"$(openssl rand -base64 32)"',
    origin: "made by you: it signs links to media, and nobody needs to know it",
  },
  ReplicateApiToken: {
    app: "replicate-bridge",
    value: "r8_…",
    origin: "https://replicate.com/account/api-tokens",
  },
  ReplicateWebhookSecret: {
    app: "replicate-bridge",
    value: "whsec_…",
    origin:
      "https://api.replicate.com/v1/webhooks/default/secret, asked with the token; while it rotates, the old and the new one with a space between them",
  },
} as const satisfies Record<string, SecretHint>;

export type SecretName = keyof typeof secretHints;

/** The secrets without which `app` does not deploy. */
export const secretsOf = (app: AppName): SecretName[] =>
  Object.entries(secretHints)
    .filter(([, hint]) => hint.app === app)
    .map(([name]) => name as SecretName); // Object.entries forgets the keys' type.

/** Names what is missing and the command that sets it; never a value. */
export function missingSecret(name: SecretName, { stage, app }: { stage: string; app: AppName | null }): string {
  const { value, origin } = secretHints[name];
  const service = app ? `SERVICE=${app} ` : "";
  return `the secret ${name} is not set for the stage ${stage}. Set it with\n  ${service}npx sst secret set ${name} ${value} --stage ${stage}\n(${origin})`;
}
