import { expect, test } from "vitest";
import { type Running, screen } from "./screen.ts";

const running: Running = {
  url: "http://127.0.0.1:3000",
  endpointUrl: "http://127.0.0.1:4566",
  replicateDouble: "http://127.0.0.1:4000",
  requireKeys: false,
  postgres: "embedded 18.4",
  redis: "redis 7.0.15",
  dataDir: ".vsl",
  seconds: 1.23,
};

test("what is to be tried needs no key where none is asked for", () => {
  expect(screen(running)).not.toMatch(/keys create|authorization/);
});

test("where keys are asked for, the screen says how to get one, and both calls carry it", () => {
  const shown = screen({ ...running, requireKeys: true });
  expect(shown).toContain("keys create --account me --name laptop");
  expect(shown.match(/authorization: Bearer <key>/g)).toHaveLength(2);
});

test("that jobs cost money is said where no stand-in answers", () => {
  expect(screen(running)).not.toContain("costs money");
  expect(screen({ ...running, replicateDouble: null })).toContain("every job costs money");
});
