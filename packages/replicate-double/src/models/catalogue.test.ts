import { expect, test } from "vitest";
import { createCatalogue, models } from "./catalogue.ts";
import { openapiSchema } from "./openapi.ts";

const catalogue = createCatalogue();

test("official models are found by name, community models only with their version", () => {
  expect(catalogue.byVersion("google/lyria-2")?.name).toBe("google/lyria-2");
  expect(catalogue.byVersion("meta/musicgen")).toBeUndefined();
  const { name, versionIds } = catalogue.byName("meta/musicgen") ?? { name: "", versionIds: [""] };
  const [versionId] = versionIds;
  expect(catalogue.byVersion(versionId)?.name).toBe(name);
  expect(catalogue.byVersion(`${name}:${versionId}`)?.name).toBe(name);
  expect(catalogue.byVersion(`google/lyria-2:${versionId}`)).toBeUndefined();
});

test("a video is priced by the resolution and drawn as long as asked for", () => {
  const read = (input: object) => catalogue.byName("bytedance/seedance-1-lite")?.read({ prompt: "x", ...input });
  expect(read({ resolution: "1080p", duration: 12 })).toMatchObject({
    valid: true,
    order: { price: { micros: 72_000 }, drawing: { frames: 288, framesPerSecond: 24 } },
  });
  expect(read({})).toMatchObject({ order: { price: { micros: 36_000 }, drawing: { frames: 120 } } });
  expect(read({ duration: 1 })).toMatchObject({ valid: false, fields: [{ type: "number_gte" }] });
});

test("a sound lasts as long as the model always makes it", () => {
  expect(catalogue.byName("google/lyria-2")?.read({ prompt: "calm" })).toMatchObject({
    order: { price: { micros: 2_000 }, drawing: { kind: "audio", seconds: 30 } },
  });
});

test("a number of which only some are allowed is an enum", () => {
  expect(catalogue.byName("kwaivgi/kling-v2.5-turbo-pro")?.read({ prompt: "x", duration: 7 })).toEqual({
    valid: false,
    fields: [{ type: "enum", field: "input.duration", description: "duration must be one of the following: 5, 10" }],
  });
});

test.each(models.map((model) => [model.name, model] as const))(
  "%s publishes a schema that names its inputs",
  (_, model) => {
    const { Input, ...others } = openapiSchema(model).components.schemas;
    expect(Object.keys(Input.properties)).toEqual(Object.keys(model.inputSchema.shape));
    const referred = JSON.stringify(Input).matchAll(/#\/components\/schemas\/(\w+)/g);
    for (const [, name = ""] of referred) expect(others).toHaveProperty(name);
  },
);
