import { BlockList, isIP } from "node:net";

/** Loopback, private, link-local, shared, reserved and multicast ranges. Source: IANA special-purpose registries, 2026-01. */
const refused = new BlockList();
for (const [network, prefix] of [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 4],
  ["240.0.0.0", 4],
] as const) {
  refused.addSubnet(network, prefix, "ipv4");
}

/** Of IPv6 only the global unicast range is anybody's public address … */
const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");

/** … less what carries an IPv4 address inside (6to4, Teredo) or is for documentation and benchmarks. */
for (const [network, prefix] of [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const) {
  refused.addSubnet(network, prefix, "ipv6");
}

const privateNames = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|localdomain|home\.arpa)$/;

/**
 * Whether a URL's host is certainly not on the public internet. `hostname` is what `URL` makes of it: every notation of an
 * IPv4 address (hexadecimal, octal, one number) is dotted decimal there. A name is not resolved here.
 */
export function isPrivateHost(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  switch (isIP(host)) {
    case 4:
      return refused.check(host, "ipv4");
    case 6:
      return !globalUnicast.check(host, "ipv6") || refused.check(host, "ipv6");
    default:
      return !host.includes(".") || privateNames.test(host);
  }
}
