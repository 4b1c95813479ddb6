import { expect, test } from "vitest";
import { parseOutputHosts } from "./output-hosts.ts";

const hosts = parseOutputHosts(" replicate.delivery, *.Replicate.delivery,127.0.0.1:4000,,[::1]:4000");

test.each([
  "https://replicate.delivery/a.png",
  "https://pbxt.replicate.delivery/a.png",
  "https://a.b.replicate.delivery/a.png",
  "https://REPLICATE.delivery:443/a.png",
])("%s is read, from public addresses", (url) => {
  expect(hosts.check(new URL(url))).toEqual({ private: false });
});

test.each(["http://127.0.0.1:4000/a.png", "https://127.0.0.1:4000/a.png", "http://[::1]:4000/a.png"])(
  "%s is listed with its port, so it is read wherever it is",
  (url) => {
    expect(hosts.check(new URL(url))).toEqual({ private: true });
  },
);

test.each([
  "http://replicate.delivery/a.png",
  "https://replicate.delivery:8443/a.png",
  "https://evilreplicate.delivery/a.png",
  "https://replicate.delivery.evil.example/a.png",
  "https://replicate.delivery./a.png",
  "https://user:pass@replicate.delivery/a.png",
  "https://replicate.delivery@evil.example/a.png",
  "http://127.0.0.1/a.png",
  "http://127.0.0.1:4001/a.png",
  "http://2130706433/a.png",
  "http://0x7f.1:80/a.png",
  "http://localhost:4000/a.png",
  "http://169.254.169.254/latest/meta-data/",
  "file:///etc/passwd",
  "gopher://replicate.delivery/",
])("%s is refused", (url) => {
  expect(() => hosts.check(new URL(url))).toThrow(expect.objectContaining({ name: "OutputLost" }));
});
