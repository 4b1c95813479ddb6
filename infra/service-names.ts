/** The services that deploy alone, in the order in which they are deployed. */
export const serviceNames = ["intake", "replicate-bridge", "storage", "ledger"] as const;

export type ServiceName = (typeof serviceNames)[number];

/** What `SERVICE` may be, other than unset: the platform goes first. */
export const appNames = ["platform", ...serviceNames] as const;

export type AppName = (typeof appNames)[number];

export const isServiceName = (name: string): name is ServiceName => serviceNames.some((service) => service === name);
