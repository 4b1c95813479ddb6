/** Physical names, the same whether a service is deployed alone or composed: `vsl-homolog-realtime-jobs`. */
export const physicalName = (name: string) => `vsl-${$app.stage}-${name}`;

/** Where the platform app publishes what the services' apps need of it. */
export const platformParameter = (name: string) => `/vsl/${$app.stage}/platform/${name}`;

/** A stage that real users reach: it never runs open, composed or without its own secrets. */
export const isDeployedStage = () => ["homolog", "prod"].includes($app.stage);
