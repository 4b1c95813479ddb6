import { expect, test } from "vitest";
import { ipv6Subnet } from "./ipv6.ts";

test("a VPC's block is cut into subnets", () => {
  expect(ipv6Subnet("2600:1f18:1234:5600::/56", 0)).toBe("2600:1f18:1234:5600::/64");
  expect(ipv6Subnet("2600:1f18:1234:5600::/56", 1)).toBe("2600:1f18:1234:5601::/64");
});

test("a block whose last hextets are zero, and so are left out, is cut like any other", () => {
  expect(ipv6Subnet("2600:1f18:1234::/56", 1)).toBe("2600:1f18:1234:1::/64");
  expect(ipv6Subnet("2600:1f18::/56", 1)).toBe("2600:1f18:0:1::/64");
});

test("anything but a /56 is refused, with what it was", () => {
  expect(() => ipv6Subnet("10.0.0.0/16", 0)).toThrow("10.0.0.0/16");
  expect(() => ipv6Subnet("2600:1f18:1234:5600::/64", 0)).toThrow("/64 is not a /56");
});
