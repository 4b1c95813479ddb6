import { describe, expect, test } from "vitest";
import { audioFile, imageFile } from "./parameters.ts";

const accepts = (value: string) => imageFile.safeParse(value).success;

describe("an image", () => {
  test.each([
    "https://example.com/cat.jpg",
    "https://example.com:8443/cat.jpg?size=1",
    "https://8.8.8.8/cat.jpg",
    "https://[2606:4700::1111]/cat.jpg",
    "https://172.32.0.1/",
    "data:image/png;base64,iVBORw0KGgo=",
  ])("may be %s", (url) => {
    expect(accepts(url)).toBe(true);
  });

  test.each([
    "http://example.com/cat.jpg",
    "ftp://example.com/cat.jpg",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "cat.jpg",
    "",
    "https://user@example.com/",
    "https://user:password@example.com/",
    "https://127.0.0.1/",
    "https://127.1/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://2130706433/",
    "https://0.0.0.0/",
    "https://10.0.0.1/",
    "https://100.64.0.1/",
    "https://169.254.169.254/latest/meta-data",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://[::1]/",
    "https://[::]/",
    "https://[::ffff:7f00:1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[64:ff9b::7f00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://a.localhost/",
    "https://metadata.google.internal/",
    "https://printer.local/",
    "https://intranet/",
    "https://１２７.０.０.１/",
    "data:text/html;base64,PGgxPg==",
    "data:image/svg+xml;base64,PHN2Zz4=",
    "data:image/png;base64,<script>",
    "data:image/png,raw",
    `data:image/png;base64,${"A".repeat(256 * 1024)}`,
    `https://example.com/${"a".repeat(2048)}`,
  ])("is refused as %s", (url) => {
    expect(accepts(url)).toBe(false);
  });

  test("is passed on as it was understood, not as it was written", () => {
    expect(imageFile.parse("HTTPS://Example.com/a\t/../cat.jpg")).toBe("https://example.com/cat.jpg");
  });
});

test("a sound may be given inline, a picture in its place may not", () => {
  expect(audioFile.safeParse("data:audio/wav;base64,UklGRg==").success).toBe(true);
  expect(audioFile.safeParse("data:image/png;base64,iVBORw0KGgo=").success).toBe(false);
});
