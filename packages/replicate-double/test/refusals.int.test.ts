import { describe, expect, test } from "vitest";
import type { ReplicateDouble } from "../src/index.ts";
import { clientOf, fluxSchnell, getJson, hello, small, startForTest } from "./harness.ts";

const create = ({ url, token }: ReplicateDouble, body: unknown, path = "/v1/predictions") =>
  getJson(`${url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}` },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

describe("what Replicate refuses", () => {
  test("calls without a token, or with another one", async () => {
    const { url } = await startForTest();
    const body = { title: "Unauthenticated", detail: "You did not pass an authentication token", status: 401 };
    expect(await getJson(`${url}/v1/account`)).toEqual({ status: 401, body });
    const wrong = await getJson(`${url}/v1/account`, { headers: { authorization: "Bearer r8_other" } });
    expect(wrong.body).toEqual({ ...body, detail: "You did not pass a valid authentication token" });
  });

  test("the old Token form is still taken", async () => {
    const { url, token } = await startForTest();
    expect((await getJson(`${url}/v1/account`, { headers: { authorization: `Token ${token}` } })).status).toBe(200);
  });

  test("unknown predictions, models and paths are 404", async () => {
    const double = await startForTest();
    const body = { detail: "The requested resource could not be found.", status: 404 };
    const headers = { authorization: `Bearer ${double.token}` };
    for (const path of ["/v1/predictions/nope", "/v1/models/no/body", "/v1/nothing"]) {
      expect(await getJson(`${double.url}${path}`, { headers })).toEqual({ status: 404, body });
    }
    expect(await create(double, { input: {} }, "/v1/models/stability-ai/sdxl/predictions")).toEqual({
      status: 404,
      body,
    });
  });

  test("an unknown version, or a community model without one", async () => {
    const double = await startForTest();
    for (const version of ["0".repeat(64), "stability-ai/sdxl", `no/body:${"0".repeat(64)}`]) {
      expect(await create(double, { version, input: { prompt: "x" } })).toEqual({
        status: 422,
        body: {
          title: "Invalid version or not permitted",
          detail: "The specified version does not exist (or perhaps you don't have permission to use it?)",
          status: 422,
        },
      });
    }
  });

  test("an input that breaks the model's schema, each field in Replicate's words", async () => {
    const double = await startForTest();
    const input = { num_outputs: 5, output_format: "gif", go_fast: "yes", seed: 1.5 };
    const { status, body } = await create(double, { version: fluxSchnell, input });
    expect(status).toBe(422);
    expect(body).toEqual({
      title: "Input validation failed",
      status: 422,
      detail: [
        "- input: prompt is required\n",
        "- input.num_outputs: Must be less than or equal to 4\n",
        "- input.seed: Invalid type. Expected: integer, given: number\n",
        '- input.output_format: output_format must be one of the following: "webp", "jpg", "png"\n',
        "- input.go_fast: Invalid type. Expected: boolean, given: string\n",
      ].join(""),
      invalid_fields: [
        { type: "required", field: "input", description: "prompt is required" },
        { type: "number_lte", field: "input.num_outputs", description: "Must be less than or equal to 4" },
        { type: "invalid_type", field: "input.seed", description: "Invalid type. Expected: integer, given: number" },
        {
          type: "enum",
          field: "input.output_format",
          description: 'output_format must be one of the following: "webp", "jpg", "png"',
        },
        { type: "invalid_type", field: "input.go_fast", description: "Invalid type. Expected: boolean, given: string" },
      ],
    });
  });

  test("keys beside those of a prediction; but inputs that the model does not know are ignored", async () => {
    const double = await startForTest();
    const path = `/v1/models/${fluxSchnell}/predictions`;
    expect(await create(double, { input: { prompt: "x" }, model: fluxSchnell }, path)).toMatchObject({
      status: 422,
      body: {
        detail: "- Additional property model is not allowed\n",
        invalid_fields: [
          {
            type: "additional_property_not_allowed",
            field: "",
            description: "Additional property model is not allowed",
          },
        ],
      },
    });
    expect((await create(double, { input: { ...small, guidance_scale: 7 } }, path)).status).toBe(201);
  });

  test("a body that is not JSON, a webhook that is no URL, a page that does not exist", async () => {
    const double = await startForTest();
    expect((await create(double, "{")).status).toBe(400);
    expect(await create(double, { version: fluxSchnell, input: { prompt: "x" }, webhook: "nope" })).toMatchObject({
      status: 422,
      body: { invalid_fields: [{ type: "format", field: "webhook" }] },
    });
    const headers = { authorization: `Bearer ${double.token}` };
    expect((await getJson(`${double.url}/v1/predictions?cursor=nope`, { headers })).status).toBe(400);
  });
});

describe("rate limits", () => {
  test("low credit allows one create every ten seconds", async () => {
    const double = await startForTest({ lowCredit: true, rateLimits: "body", now: () => 1_700_000_000_000 });
    await create(double, hello);
    expect(await create(double, hello)).toEqual({
      status: 429,
      body: {
        detail:
          "Request was throttled. Your rate limit for creating predictions is reduced to 6 requests per minute with a burst of 1 requests while you have less than $5.0 in credit. Your rate limit resets in ~10s.",
        status: 429,
        retry_after: 10,
      },
    });
  });
});

describe("what the client can look up", () => {
  test("models with their schema, hardware, the account and the webhook secret", async () => {
    const double = await startForTest();
    const replicate = clientOf(double);
    const { latest_version, is_official } = await replicate.models.get("black-forest-labs", "flux-schnell");
    expect(is_official).toBe(true);
    expect(latest_version?.openapi_schema).toMatchObject({
      components: {
        schemas: {
          Input: {
            required: ["prompt"],
            properties: {
              prompt: { type: "string", title: "Prompt", "x-order": 0 },
              num_outputs: { type: "integer", minimum: 1, maximum: 4, default: 1 },
              output_format: { allOf: [{ $ref: "#/components/schemas/output_format" }], default: "webp" },
              seed: { type: "integer" },
            },
          },
          output_format: { type: "string", enum: ["webp", "jpg", "png"] },
          Output: { type: "array", items: { type: "string", format: "uri" } },
        },
      },
    });
    expect(await replicate.hardware.list()).toContainEqual({ name: "Nvidia L40S GPU", sku: "gpu-l40s" });
    expect(await replicate.accounts.current()).toMatchObject({ type: "organization" });
    expect(await replicate.webhooks.default.secret.get()).toEqual({ key: double.webhookSecret });
  });
});
