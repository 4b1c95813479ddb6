import { type LookupAddress, lookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import ipaddr from "ipaddr.js";

/** Not loopback, private, link-local, shared, reserved, multicast, nor IPv6 that carries an IPv4 address inside. */
export const isPublicAddress = (address: string) => ipaddr.process(address).range() === "unicast";

/** A host that is an address itself: no name is resolved for it, so that `lookupPublic` never sees it. */
export function isPrivateLiteral(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "");
  return isIP(host) !== 0 && !isPublicAddress(host);
}

/**
 * Resolves names for a socket, and only to public addresses: what is checked here is what is connected to, so that a name
 * that answers differently the second time gains nothing.
 */
export const lookupPublic: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    const [first, ...others] = error ? [] : addresses.filter(({ address }) => isPublicAddress(address));
    if (!first) return done(error ?? new Error("the name leads to no public address"), "", 4);
    if (options.all) return done(null, [first, ...others] satisfies LookupAddress[]);
    return done(null, first.address, first.family);
  });
};
