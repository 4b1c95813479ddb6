import { createHash } from "node:crypto";
import { z } from "zod";
import { invalidParameter, unsupported } from "./errors.ts";

const messageAttribute = z.object({
  DataType: z.string().optional(),
  StringValue: z.string().optional(),
  /** Base64, as on the wire. */
  BinaryValue: z.string().optional(),
  StringListValues: z.array(z.string()).optional(),
  BinaryListValues: z.array(z.string()).optional(),
});
type MessageAttribute = z.infer<typeof messageAttribute>;
export const messageAttributes = z.record(z.string(), messageAttribute);
export type MessageAttributes = z.infer<typeof messageAttributes>;

const attributeName = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)[A-Za-z0-9_.-]{1,256}(?<!\.)$/i;
const supportedType = /^(String|Number|Binary)(\..+)?$/;
const number = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

export function checkMessageAttributes(attributes: MessageAttributes): void {
  const count = Object.keys(attributes).length;
  if (count > 10) throw invalidParameter(`Number of message attributes [${count}] exceeds the allowed maximum [10].`);
  for (const [name, attribute] of Object.entries(attributes)) checkMessageAttribute(name, attribute);
}

function checkMessageAttribute(name: string, attribute: MessageAttribute): void {
  const { DataType: type, StringValue, BinaryValue, StringListValues, BinaryListValues } = attribute;
  if (!attributeName.test(name)) {
    throw invalidParameter(
      `Message (user) attribute name '${name}' is invalid. It can contain alphanumeric characters, hyphens, underscores and periods, must not start with 'AWS.' or 'Amazon.', must not start or end with a period, and is at most 256 long.`,
    );
  }
  if (!type) {
    throw invalidParameter(`The message attribute '${name}' must contain non-empty message attribute type.`);
  }
  if (!supportedType.test(type) || type.length > 256) {
    throw invalidParameter(
      `The type of message (user) attribute '${name}' is invalid. You must use only the following supported type prefixes: Binary, Number, String.`,
    );
  }
  if (StringListValues?.length || BinaryListValues?.length) {
    throw unsupported("Message attribute list values in SendMessage operation are not supported.");
  }
  const binary = type.startsWith("Binary");
  const value = binary ? BinaryValue : StringValue;
  if (!value) {
    throw invalidParameter(
      `Message (user) attribute '${name}' must contain a non-empty value of type '${binary ? "Binary" : "String"}'.`,
    );
  }
  if (type.startsWith("Number") && !number.test(value)) {
    throw invalidParameter(`Can't cast the value of message (user) attribute '${name}' to a number.`);
  }
}

const bytesOf = ({ StringValue, BinaryValue }: MessageAttribute) =>
  BinaryValue === undefined ? Buffer.from(StringValue ?? "", "utf8") : Buffer.from(BinaryValue, "base64");

/** What attributes add to the size of a message: names, types and values. */
export const attributesBytes = (attributes: MessageAttributes) =>
  Object.entries(attributes).reduce(
    (bytes, [name, attribute]) =>
      bytes + Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType ?? "") + bytesOf(attribute).length,
    0,
  );

/** AWS's digest: names in order; each name, type and value behind its length; 1 before a string, 2 before bytes. */
export function md5OfAttributes(attributes: MessageAttributes): string | undefined {
  const names = Object.keys(attributes).sort();
  if (names.length === 0) return undefined;
  const hash = createHash("md5");
  const part = (bytes: Buffer) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of names) {
    const attribute = attributes[name] ?? {};
    part(Buffer.from(name));
    part(Buffer.from(attribute.DataType ?? ""));
    hash.update(Buffer.from([attribute.BinaryValue === undefined ? 1 : 2]));
    part(bytesOf(attribute));
  }
  return hash.digest("hex");
}

/** The attributes that a receive asks for: all, by name, or by the beginning of the name (`trace.*`). */
export function selectAttributes(attributes: MessageAttributes, wanted: string[]): MessageAttributes {
  const all = wanted.some((name) => name === "All" || name === ".*" || name === "*");
  const beginnings = wanted.filter((name) => name.endsWith(".*")).map((name) => name.slice(0, -2));
  const chosen = (name: string) => all || wanted.includes(name) || beginnings.some((start) => name.startsWith(start));
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => chosen(name)));
}
