import { isDeployedStage, physicalName } from "./names";

/** A table that can be put back to any second of the last 35 days, and is not deleted by accident. */
export const keptTable = (name: string) => ({
  name: physicalName(name),
  pointInTimeRecovery: { enabled: true },
  deletionProtectionEnabled: isDeployedStage(),
});
