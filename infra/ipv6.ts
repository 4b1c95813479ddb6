/** The `index`th /64 of a /56 such as AWS assigns to a VPC: `2600:1f18:1234:5600::/56` → `2600:1f18:1234:5601::/64`. */
export function ipv6Subnet(block: string, index: number): string {
  const [address = "", length] = block.split("::/");
  if (length !== "56") throw new Error(`${block} is not a /56 of IPv6 addresses`);
  const given = address.split(":").map((hextet) => Number.parseInt(hextet, 16));
  const [first, second, third, fourth] = [0, 1, 2, 3].map((at) => given[at] ?? 0);
  return `${[first, second, third, (fourth ?? 0) + index].map((hextet) => (hextet ?? 0).toString(16)).join(":")}::/64`;
}
