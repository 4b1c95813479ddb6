import { ipv6Subnet } from "./ipv6";
import { physicalName } from "./names";

type Ids = $util.Input<$util.Input<string>[]>;

/** As `sst.aws.Function` takes it. Only what needs Redis or Postgres goes in. */
export interface Network {
  privateSubnets: Ids;
  securityGroups: Ids;
}

const postgresPort = 5432;
/** Valkey Serverless listens on the second for reads from replicas. */
const [cachePort, cacheReaderPort] = [6379, 6380];

/**
 * Private subnets of both address families. AWS's own APIs are reached over IPv6 through a gateway that is free, lets nothing in,
 * and spares a NAT gateway ($33 a month) and interface endpoints ($7 each): ADR 0007.
 */
export function createNetwork(): Network {
  const tags = { Name: physicalName("network") };
  const vpc = new aws.ec2.Vpc("Network", {
    cidrBlock: "10.0.0.0/16",
    assignGeneratedIpv6CidrBlock: true,
    enableDnsSupport: true,
    enableDnsHostnames: true,
    tags,
  });
  const gateway = new aws.ec2.EgressOnlyInternetGateway("NetworkEgress", { vpcId: vpc.id, tags });
  const routes = new aws.ec2.RouteTable("NetworkRoutes", {
    vpcId: vpc.id,
    routes: [{ ipv6CidrBlock: "::/0", egressOnlyGatewayId: gateway.id }],
    tags,
  });
  // us-east-1's oldest zone has neither t4g nor Valkey Serverless.
  const zones = aws.getAvailabilityZonesOutput({ state: "available", excludeZoneIds: ["use1-az3"] });
  const subnets = [0, 1].map((index) => {
    const subnet = new aws.ec2.Subnet(`NetworkSubnet${index + 1}`, {
      vpcId: vpc.id,
      availabilityZone: zones.names.apply((names) => names[index]),
      cidrBlock: `10.0.${index * 16}.0/20`,
      ipv6CidrBlock: vpc.ipv6CidrBlock.apply((block) => ipv6Subnet(block, index)),
      assignIpv6AddressOnCreation: true,
      tags,
    });
    new aws.ec2.RouteTableAssociation(`NetworkSubnet${index + 1}Routes`, {
      subnetId: subnet.id,
      routeTableId: routes.id,
    });
    return subnet;
  });
  const inside = new aws.ec2.SecurityGroup("NetworkInside", {
    name: physicalName("inside"),
    description: "Functions, the database and the cache, among themselves; out to HTTPS",
    vpcId: vpc.id,
    ingress: [postgresPort, cachePort, cacheReaderPort].map(amongThemselves),
    egress: [
      ...[postgresPort, cachePort, cacheReaderPort].map(amongThemselves),
      { protocol: "tcp", fromPort: 443, toPort: 443, ipv6CidrBlocks: ["::/0"] },
    ],
    tags,
  });
  return { privateSubnets: subnets.map(({ id }) => id), securityGroups: [inside.id] };
}

const amongThemselves = (port: number) => ({ protocol: "tcp", fromPort: port, toPort: port, self: true });
