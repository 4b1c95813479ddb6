import { isIPv4, isIPv6 } from "node:net";
import { invalidPattern } from "./invalid-pattern.ts";
import type { Scalar } from "./scalar.ts";

interface Address {
  value: bigint;
  bits: 32 | 128;
}

/** As AWS does it, a block begins at the address as written: `10.0.0.9/24` holds nothing below `10.0.0.9`. */
export function cidrTest(block: string): (value: Scalar) => boolean {
  const [ip = "", mask = "", ...rest] = block.split("/");
  if (rest.length > 0 || !block.includes("/")) throw invalidPattern("Malformed CIDR, one '/' required");
  if (!/^[+-]?\d+$/.test(mask)) throw invalidPattern("Malformed CIDR, mask bits must be an integer");
  const maskBits = Number(mask);
  if (maskBits < 0) throw invalidPattern("Malformed CIDR, mask bits must not be negative");
  const low = parseAddress(ip);
  if (low === undefined) throw invalidPattern(`Nonstandard IP address: ${ip}`);
  if (maskBits >= low.bits) throw invalidPattern(`IPv${low.bits === 32 ? 4 : 6} mask bits must be < ${low.bits}`);
  const high = low.value | ((1n << BigInt(low.bits - maskBits)) - 1n);
  return (value) => {
    const address = typeof value === "string" ? parseAddress(value) : undefined;
    return address?.bits === low.bits && address.value >= low.value && address.value <= high;
  };
}

function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { value: joinGroups(text.split(".").map(BigInt), 8n), bits: 32 };
  if (!isIPv6(text) || /[^0-9a-fA-F:]/.test(text)) return undefined;
  const [head = "", tail] = text.split("::");
  const before = hexGroups(head);
  const after = tail === undefined ? [] : hexGroups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0n);
  return { value: joinGroups([...before, ...zeros, ...after], 16n), bits: 128 };
}

const hexGroups = (text: string) => (text === "" ? [] : text.split(":").map((group) => BigInt(`0x${group}`)));

const joinGroups = (groups: bigint[], bits: bigint) => groups.reduce((sum, group) => (sum << bits) | group, 0n);
