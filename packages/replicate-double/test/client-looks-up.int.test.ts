import { describe, expect, test } from "vitest";
import { advanceClock, clientOf, collect, getJson, hello, small, startForTest } from "./harness.ts";

const deployed = {
  name: "my-app-image-generator",
  model: "stability-ai/sdxl",
  version: "da77bc59ee60423279fd632efb4795ab731d9e3ca9705ef3341091fb989b7eaf",
  hardware: "gpu-t4",
  min_instances: 0,
  max_instances: 3,
};

describe("models", () => {
  test("are listed, and found by what they are for", async () => {
    const replicate = clientOf(await startForTest());
    const pages = await collect(replicate.paginate(replicate.models.list));
    expect(pages.flat().map(({ owner, name }) => `${owner}/${name}`)).toContain("black-forest-labs/flux-schnell");
    const { results } = await replicate.models.search("hello");
    expect(results[0]).toMatchObject({ owner: "replicate", name: "hello-world", run_count: 0 });
  });

  test("show themselves with a schema, an example that can be looked at, and how often they ran", async () => {
    const double = await startForTest();
    const replicate = clientOf(double);
    await replicate.predictions.create({ ...hello, wait: 10 });
    const model = await replicate.models.get("replicate", "hello-world");
    expect(model).toMatchObject({
      url: "https://replicate.com/replicate/hello-world",
      description: "A tiny model that says hello",
      is_official: false,
      run_count: 1,
      default_example: { status: "succeeded", output: "hello Alice", source: "web" },
      latest_version: { openapi_schema: { components: { schemas: { Output: { type: "string", title: "Output" } } } } },
    });
    const { cover_image_url } = await replicate.models.get("nightmareai", "real-esrgan");
    expect((await fetch(cover_image_url ?? "")).headers.get("content-type")).toBe("image/png");
    const examples = await replicate.request("/models/nightmareai/real-esrgan/examples", {});
    expect(await examples.json()).toMatchObject({ next: null, results: [{ output: cover_image_url }] });
    const readme = await replicate.request("/models/replicate/hello-world/readme", {});
    expect(await readme.text()).toContain("A tiny model that says hello");
  });

  test("have versions, of which each can be run", async () => {
    const replicate = clientOf(await startForTest());
    const { results } = await replicate.models.versions.list("replicate", "hello-world");
    expect(results.map(({ id }) => id)).toContain(hello.version);
    const version = await replicate.models.versions.get("replicate", "hello-world", hello.version);
    expect(version).toMatchObject({ id: hello.version, cog_version: expect.any(String) });
    for (const { id } of results) {
      expect(await replicate.predictions.create({ version: id, input: { text: "x" } })).toMatchObject({ version: id });
    }
    await expect(replicate.models.versions.get("replicate", "hello-world", "nope")).rejects.toThrow("404");
  });

  test("of the account itself are created, changed and deleted; those of others are not", async () => {
    const replicate = clientOf(await startForTest());
    const { username } = await replicate.accounts.current();
    const options = { visibility: "private", hardware: "cpu", description: "Detect hot dogs in images" } as const;
    const created = await replicate.models.create(username, "hot-dog-detector", options);
    expect(created).toMatchObject({ owner: username, visibility: "private", latest_version: null, run_count: 0 });
    await expect(replicate.models.create(username, "hot-dog-detector", options)).rejects.toThrow("409");
    await expect(replicate.models.create("acme", "theirs", options)).rejects.toThrow("403");
    const path = `/models/${username}/hot-dog-detector`;
    await replicate.request(path, { method: "PATCH", data: { readme: "# Hot dogs" } });
    expect(await (await replicate.request(`${path}/readme`, {})).text()).toBe("# Hot dogs");
    expect((await replicate.request(path, { method: "DELETE" })).status).toBe(204);
    await expect(replicate.models.get(username, "hot-dog-detector")).rejects.toThrow("404");
    await expect(replicate.request("/models/meta/musicgen", { method: "DELETE" })).rejects.toThrow("403");
  });
});

describe("collections and search", () => {
  test("a collection names its models", async () => {
    const replicate = clientOf(await startForTest());
    const { results } = await replicate.collections.list();
    expect(results.map(({ slug }) => slug)).toContain("super-resolution");
    expect(await replicate.collections.get("super-resolution")).toMatchObject({
      name: "Super resolution",
      models: [{ owner: "nightmareai", name: "real-esrgan" }],
    });
    await expect(replicate.collections.get("nope")).rejects.toThrow("404");
  });

  test("a search needs words but no token", async () => {
    const { url } = await startForTest();
    expect(await getJson(`${url}/v1/search?query=speech&limit=1`)).toMatchObject({
      status: 200,
      body: {
        query: "speech",
        models: [{ model: { name: "whisper" }, metadata: { tags: ["speech-to-text"], score: expect.any(Number) } }],
        collections: [{ slug: "speech-to-text", models: ["openai/whisper"] }],
        pages: [],
      },
    });
    const missing = { status: 400, body: { detail: 'Query parameter "query" is required' } };
    expect(await getJson(`${url}/v1/search`)).toEqual(missing);
  });

  test("trainings are refused by models that cannot be trained, as all here", async () => {
    const replicate = clientOf(await startForTest());
    const options = { destination: "acme/mine", input: {} } as const;
    await expect(replicate.trainings.create("stability-ai", "sdxl", deployed.version, options)).rejects.toThrow("400");
    expect(await replicate.trainings.list()).toEqual({ next: null, previous: null, results: [] });
  });
});

describe("deployments", () => {
  test("are created, listed, changed into a new release, and deleted when they are not used", async () => {
    const double = await startForTest();
    const replicate = clientOf(double);
    const { owner, name, current_release } = await replicate.deployments.create(deployed);
    expect(current_release).toMatchObject({
      number: 1,
      model: "stability-ai/sdxl",
      version: deployed.version,
      created_by: { type: "organization", username: owner },
      configuration: { hardware: "gpu-t4", min_instances: 0, max_instances: 3 },
    });
    expect((await replicate.deployments.list()).results).toEqual([await replicate.deployments.get(owner, name)]);
    const changed = await replicate.deployments.update(owner, name, { min_instances: 1, max_instances: 10 });
    expect(changed.current_release).toMatchObject({ number: 2, configuration: { max_instances: 10 } });
    await expect(replicate.deployments.delete(owner, name)).rejects.toThrow("400");
    await replicate.deployments.update(owner, name, { min_instances: 0 });
    expect(await replicate.deployments.delete(owner, name)).toBe(true);
    await expect(replicate.deployments.get(owner, name)).rejects.toThrow("404");
  });

  test("run predictions on their own hardware, which is what is billed", async () => {
    const double = await startForTest();
    const replicate = clientOf(double);
    const { owner, name } = await replicate.deployments.create(deployed);
    const input = { prompt: "x", width: 256, height: 256 };
    const prediction = await replicate.deployments.predictions.create(owner, name, { input, wait: 10 });
    expect(prediction).toMatchObject({
      status: "succeeded",
      deployment: `${owner}/${name}`,
      model: "stability-ai/sdxl",
      version: deployed.version,
    });
    const seconds = prediction.metrics?.predict_time ?? 0;
    const { body } = await getJson(`${double.url}/_bill`);
    expect(body).toMatchObject({ entries: [{ metric: "predict_time", amountMicros: Math.round(seconds * 225) }] });
    await expect(replicate.deployments.delete(owner, name)).rejects.toThrow("400");
    await advanceClock(double, 16 * 60);
    expect(await replicate.deployments.delete(owner, name)).toBe(true);
  });

  test("are refused for a version, a hardware or a scale that there is not", async () => {
    const replicate = clientOf(await startForTest());
    const { create } = replicate.deployments;
    await expect(create({ ...deployed, version: "0".repeat(64) })).rejects.toThrow("Invalid version");
    await expect(create({ ...deployed, model: "meta/musicgen" })).rejects.toThrow("Invalid version");
    await expect(create({ ...deployed, hardware: "abacus" })).rejects.toThrow("hardware must be one of");
    await expect(create({ ...deployed, max_instances: 21 })).rejects.toThrow("less than or equal to 20");
    await create(deployed);
    await expect(create(deployed)).rejects.toThrow("409");
    await expect(replicate.deployments.predictions.create("acme", deployed.name, { input: small })).rejects.toThrow(
      "404",
    );
  });
});
