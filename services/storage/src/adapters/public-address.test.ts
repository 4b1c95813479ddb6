import { expect, test } from "vitest";
import { isPrivateLiteral, isPublicAddress, lookupPublic } from "./public-address.ts";

test.each(["104.18.1.1", "2606:4700::6812:101"])("%s is public", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});

test.each([
  "127.0.0.1",
  "0.0.0.0",
  "10.1.2.3",
  "172.16.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "fe80::1",
  "fd00:ec2::254",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
])("%s is not public", (address) => {
  expect(isPublicAddress(address)).toBe(false);
  expect(isPrivateLiteral(address)).toBe(true);
});

test("an address in a URL's brackets is known for one, a name is not", () => {
  expect(isPrivateLiteral("[::1]")).toBe(true);
  expect(isPrivateLiteral("replicate.delivery")).toBe(false);
});

test("a name that leads home leads nowhere, whichever way the socket asks", async () => {
  const resolve = (all: boolean) =>
    new Promise((done) => lookupPublic("localhost", { all }, (error) => done(error?.message)));
  expect(await resolve(true)).toBe("the name leads to no public address");
  expect(await resolve(false)).toBe("the name leads to no public address");
});
