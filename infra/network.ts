/** No NAT gateway: what runs inside reaches AWS through endpoints, S3's and DynamoDB's free of charge. */
export function createNetwork() {
  const vpc = new sst.aws.Vpc("Network", { az: 2 });
  if ($dev) return vpc;
  const region = aws.getRegionOutput().region;
  for (const service of ["dynamodb", "s3"]) {
    new aws.ec2.VpcEndpoint(`Gateway-${service}`, {
      vpcId: vpc.id,
      serviceName: $interpolate`com.amazonaws.${region}.${service}`,
      vpcEndpointType: "Gateway",
      routeTableIds: vpc.nodes.privateRouteTables.apply((tables) => tables.map(({ id }) => id)),
    });
  }
  for (const service of ["events", "sqs", "monitoring"]) {
    new aws.ec2.VpcEndpoint(`Interface-${service}`, {
      vpcId: vpc.id,
      serviceName: $interpolate`com.amazonaws.${region}.${service}`,
      vpcEndpointType: "Interface",
      privateDnsEnabled: true,
      subnetIds: vpc.privateSubnets.apply((ids) => ids.slice(0, 1)),
      securityGroupIds: vpc.securityGroups,
    });
  }
  return vpc;
}
