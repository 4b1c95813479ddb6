import { s3Error } from "./s3-error.ts";

/** An array repeats its element; what is undefined is left out. */
export type XmlValue = string | number | boolean | undefined | XmlValue[] | { [element: string]: XmlValue };

/** One document with S3's namespace: `renderXml("Tagging", { TagSet: { Tag: [...] } })`. */
export function renderXml(root: string, content: XmlValue): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${renderContent(content)}</${root}>`;
}

/** Errors, and the answer to a form, carry no namespace. */
export function renderBareXml(root: "Error" | "PostResponse", content: XmlValue): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}>${renderContent(content)}</${root}>`;
}

function renderContent(value: XmlValue): string {
  if (typeof value !== "object") return value === undefined ? "" : escapeXml(String(value));
  if (Array.isArray(value)) return value.map(renderContent).join("");
  return Object.entries(value)
    .map(([name, child]) => renderElement(name, child))
    .join("");
}

function renderElement(name: string, value: XmlValue): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.map((item) => renderElement(name, item)).join("");
  return `<${name}>${renderContent(value)}</${name}>`;
}

function escapeXml(text: string): string {
  // Control characters too: a raw CR would come back as LF.
  return text.replace(/[<>&"'\p{Cc}]/gu, (character) => `&#${character.charCodeAt(0)};`);
}

export interface XmlElement {
  name: string;
  children: XmlElement[];
  /** Its own character data, entities resolved. */
  text: string;
}

const token = /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\w:.-]+)([^<>]*?)(\/?)>|([^<]+)/y;

/** Reads what clients send to S3: elements and text. Attributes are dropped; a DTD is refused, as S3 refuses it. */
export function parseXml(text: string, rootName: string): XmlElement {
  const document: XmlElement = { name: "", children: [], text: "" };
  const open = [document];
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const found = token.exec(text);
    const parent = open.at(-1);
    if (!found || !parent) throw s3Error("MalformedXML");
    const [, cdata, closing, qualifiedName, , selfClosing, characters] = found;
    if (cdata !== undefined) parent.text += cdata;
    if (characters !== undefined) parent.text += unescapeXml(characters);
    if (qualifiedName === undefined) continue;
    const name = qualifiedName.slice(qualifiedName.indexOf(":") + 1);
    if (closing) {
      if (open.pop()?.name !== name || open.length === 0) throw s3Error("MalformedXML");
      continue;
    }
    const element: XmlElement = { name, children: [], text: "" };
    parent.children.push(element);
    if (!selfClosing) open.push(element);
  }
  const [root, ...others] = document.children;
  if (open.length !== 1 || !root || others.length > 0 || root.name !== rootName || document.text.trim() !== "") {
    throw s3Error("MalformedXML");
  }
  return root;
}

const entities = new Map([
  ["lt", "<"],
  ["gt", ">"],
  ["amp", "&"],
  ["quot", '"'],
  ["apos", "'"],
]);

function unescapeXml(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+)|);?/gi, (_, hex?: string, decimal?: string, name?: string) => {
    const code = hex ? Number.parseInt(hex, 16) : decimal ? Number(decimal) : undefined;
    const character = code === undefined ? entities.get(name ?? "") : code <= 0x10ffff && String.fromCodePoint(code);
    if (!character) throw s3Error("MalformedXML");
    return character;
  });
}

export const childrenOf = (element: XmlElement, name: string): XmlElement[] =>
  element.children.filter((child) => child.name === name);

export const childOf = (element: XmlElement, name: string): XmlElement | undefined =>
  element.children.find((child) => child.name === name);

export const textOf = (element: XmlElement, name: string): string | undefined => childOf(element, name)?.text;

/** Throws `MalformedXML` where the element is missing. */
export function requiredText(element: XmlElement, name: string): string {
  const text = textOf(element, name);
  if (text === undefined) throw s3Error("MalformedXML");
  return text;
}
