import { isDeployedStage, physicalName } from "./names";
import type { Network } from "./network";

/** The ledger's Postgres. What it holds outlives a mistaken deploy: backups, a final snapshot, no deletion by accident. */
export function createDatabase(network: Network): sst.aws.Postgres {
  const kept = isDeployedStage();
  return new sst.aws.Postgres("Database", {
    vpc: $util.output(network.privateSubnets).apply((subnets) => ({ subnets })),
    version: "17",
    instance: "t4g.micro",
    database: "vsl",
    transform: {
      instance: (args) => {
        args.identifier = physicalName("database");
        args.vpcSecurityGroupIds = network.securityGroups;
        args.publiclyAccessible = false;
        args.backupRetentionPeriod = kept ? 14 : 1;
        args.deletionProtection = kept;
        args.skipFinalSnapshot = !kept;
        args.finalSnapshotIdentifier = kept ? physicalName("database-final") : undefined;
        args.copyTagsToSnapshot = true;
      },
    },
  });
}
