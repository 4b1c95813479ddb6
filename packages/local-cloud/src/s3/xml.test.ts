import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseXml, renderXml, requiredText, textOf } from "./xml.ts";

const character = fc.oneof(fc.nat(0xff), fc.nat(0xd7ff), fc.integer({ min: 0xe000, max: 0x10ffff }));
const text = fc.array(character, { maxLength: 20 }).map((points) => String.fromCodePoint(...points));

test("any text comes back as it was, markup and control characters included", () => {
  fc.assert(
    fc.property(text, (text) => {
      expect(textOf(parseXml(renderXml("Root", { Key: text }), "Root"), "Key")).toBe(text);
    }),
  );
});

test("reads namespaces, attributes, comments, CDATA, entities and empty elements", () => {
  const root = parseXml(
    `<?xml version="1.0"?><!-- a --><s3:Root xmlns:s3="http://x" a="1">
      <s3:Key>a&amp;b&#60;&#x3e;<![CDATA[<c>]]></s3:Key><Empty a="/"/><Key>second</Key>
    </s3:Root>`,
    "Root",
  );
  expect(requiredText(root, "Key")).toBe("a&b<><c>");
  expect(textOf(root, "Empty")).toBe("");
  expect(textOf(root, "Absent")).toBeUndefined();
});

describe("refuses as malformed", () => {
  test.each([
    ["nothing", ""],
    ["text", "hello"],
    ["another root", "<Other/>"],
    ["an open element", "<Root><Key></Root>"],
    ["two roots", "<Root/><Root/>"],
    ["a stray end", "<Root></Root></Root>"],
    ["an unknown entity", "<Root>&constructor;</Root>"],
    ["a character that is none", "<Root>&#x110000;</Root>"],
    ["a DTD", '<!DOCTYPE Root [<!ENTITY a "aaaa">]><Root>&a;</Root>'],
    ["a bare bracket", "<Root>a < b</Root>"],
  ])("%s", (_, text) => {
    expect(() => parseXml(text, "Root")).toThrow(expect.objectContaining({ code: "MalformedXML" }));
  });
});
