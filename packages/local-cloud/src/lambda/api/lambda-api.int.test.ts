import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  type InvokeCommandInput,
  LambdaClient,
  ListFunctionsCommand,
} from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { fixtureFunction, fixtureRoot } from "../../../test/fixtures/function-topology.ts";
import { createEndpoint } from "../../endpoint/endpoint.ts";
import { createEventQueue, type EventQueue } from "../asynchronous/event-queue.ts";
import { serviceEnvironment } from "../environment.ts";
import { createLambdaHost, type LambdaHost } from "../host.ts";
import { createLambdaApi } from "./lambda-api.ts";

const place = { region: "us-east-1", account: "000000000000" };
const arn = "arn:aws:lambda:us-east-1:000000000000:function:echo";
const functions = [
  fixtureFunction("echo", { environment: { STAGE: "local" }, memoryMegabytes: 256 }),
  fixtureFunction("describeContext"),
  fixtureFunction("refuse"),
  fixtureFunction("spin", { service: "spinning", timeoutSeconds: 1 }),
  fixtureFunction("sleep", { reservedConcurrency: 1 }),
  fixtureFunction("closed", { handler: "functions.echo", reservedConcurrency: 0 }),
];

let dataDir: string;
let host: LambdaHost;
let queue: EventQueue;
let server: Server;
let client: LambdaClient;
const reported: string[] = [];
const invokedLater: unknown[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "lambda-api-"));
  const report = ({ message }: { message: string }) => reported.push(message);
  const facts = {
    app: "fixture",
    stage: "local",
    region: place.region,
    endpointUrl: "",
    links: {},
    inherited: process.env,
  };
  host = createLambdaHost({
    functions,
    root: fixtureRoot,
    dataDir,
    ...place,
    report,
    environment: (service, own) => serviceEnvironment(service, own, facts),
  });
  queue = createEventQueue({ functions, dataDir, ...place, report });
  queue.start({
    invoke: (...call) => {
      invokedLater.push(call.slice(0, 2));
      return host.invoke(...call);
    },
    sendRecord: async () => {},
    sendMessage: async () => {},
  });
  server = createEndpoint({
    services: [],
    s3: async (_request, response) => void response.writeHead(418).end(),
    lambda: createLambdaApi({ functions, ...place, report, invoke: host.invoke, accept: queue.accept }),
    report,
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  client = new LambdaClient({
    endpoint: `http://127.0.0.1:${port}`,
    region: place.region,
    credentials: { accessKeyId: "local", secretAccessKey: "local" },
    maxAttempts: 1,
  });
  await host.ready();
});

afterAll(async () => {
  client.destroy();
  server.close();
  queue.stop();
  await host.stop(0);
  await queue.close();
  await rm(dataDir, { recursive: true });
});

beforeEach(() => {
  reported.length = 0;
  invokedLater.length = 0;
});

const invoke = async (input: InvokeCommandInput) => {
  const { Payload, ...answer } = await client.send(new InvokeCommand(input));
  const text = Payload?.transformToString() ?? "";
  return { ...answer, payload: text === "" ? undefined : JSON.parse(text) };
};

describe("Invoke", () => {
  it.each(["echo", arn, "000000000000:function:echo", `${arn}:$LATEST`, "echo:$LATEST"])(
    "answers what the function named %s returns",
    async (FunctionName) => {
      const answer = await invoke({ FunctionName, Payload: '{"a":1}' });
      expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: "$LATEST", payload: { event: { a: 1 } } });
      expect(answer.FunctionError).toBeUndefined();
    },
  );

  it("gives an empty event for no payload, and the request's id and the client's context to the function", async () => {
    expect(await invoke({ FunctionName: "echo" })).toMatchObject({ payload: { event: {} } });
    const ClientContext = Buffer.from('{"custom":{"by":"test"}}').toString("base64");
    const { payload, $metadata } = await invoke({ FunctionName: "describeContext", ClientContext });
    expect(payload).toMatchObject({ awsRequestId: $metadata.requestId, clientContext: { custom: { by: "test" } } });
  });

  it("tells a function's error apart from its answer", async () => {
    expect(await invoke({ FunctionName: "refuse" })).toMatchObject({
      StatusCode: 200,
      FunctionError: "Unhandled",
      payload: { errorType: "TypeError", errorMessage: "no such thing", trace: expect.any(Array) },
    });
    const { payload, $metadata } = await invoke({ FunctionName: "spin" });
    expect(payload).toEqual({
      errorType: "Sandbox.Timedout",
      errorMessage: `RequestId: ${$metadata.requestId} Error: Task timed out after 1.00 seconds`,
    });
  });

  it("answers an Event before the function has run, and runs it", async () => {
    expect(await invoke({ FunctionName: "echo", InvocationType: "Event", Payload: '"later"' })).toMatchObject({
      StatusCode: 202,
      payload: undefined,
    });
    await vi.waitFor(() => expect(invokedLater).toEqual([["echo", "later"]]));
  });

  it("runs nothing for a DryRun", async () => {
    expect(await invoke({ FunctionName: "echo", InvocationType: "DryRun" })).toMatchObject({ StatusCode: 204 });
    await expect(invoke({ FunctionName: "nobody", InvocationType: "DryRun" })).rejects.toThrow("Function not found");
  });

  it("is throttled beyond the reserved concurrency, and always where that is none", async () => {
    const [one, two] = await Promise.allSettled([
      invoke({ FunctionName: "sleep", Payload: '{"ms":300}' }),
      invoke({ FunctionName: "sleep", Payload: '{"ms":300}' }),
    ]);
    expect([one.status, two.status].toSorted()).toEqual(["fulfilled", "rejected"]);
    await expect(invoke({ FunctionName: "closed" })).rejects.toMatchObject({
      name: "TooManyRequestsException",
      message: "Rate Exceeded.",
      Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
      $metadata: { httpStatusCode: 429 },
    });
  });

  it.each<[string, InvokeCommandInput, object]>([
    [
      "an unknown function",
      { FunctionName: "nobody" },
      {
        name: "ResourceNotFoundException",
        message: "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody",
        $metadata: { httpStatusCode: 404 },
      },
    ],
    [
      "an unknown version",
      { FunctionName: "echo", Qualifier: "7" },
      { name: "ResourceNotFoundException", message: `Function not found: ${arn}:7` },
    ],
    [
      "somebody else's function",
      { FunctionName: "arn:aws:lambda:us-east-1:111111111111:function:echo" },
      { name: "ResourceNotFoundException" },
    ],
    [
      "a name that can be none",
      { FunctionName: "not a name" },
      {
        name: "ValidationException",
        message: expect.stringContaining("at 'functionName' failed to satisfy constraint"),
        $metadata: { httpStatusCode: 400 },
      },
    ],
    [
      "what is not JSON",
      { FunctionName: "echo", Payload: "{oops" },
      {
        name: "InvalidRequestContentException",
        message: expect.stringMatching(/^Could not parse request body into json: /),
      },
    ],
    [
      "more than 6 MB",
      { FunctionName: "echo", Payload: JSON.stringify("x".repeat(6_291_456)) },
      { name: "RequestTooLargeException", $metadata: { httpStatusCode: 413 } },
    ],
    [
      "an Event of more than 1 MB",
      { FunctionName: "echo", InvocationType: "Event", Payload: JSON.stringify("x".repeat(1_048_576)) },
      {
        name: "RequestTooLargeException",
        message: "Request must be smaller than 1048576 bytes for the InvokeFunction operation",
      },
    ],
    [
      "a context that is not JSON",
      { FunctionName: "echo", ClientContext: "????" },
      { name: "InvalidParameterValueException" },
    ],
    [
      "a log that it cannot tell",
      { FunctionName: "echo", LogType: "Tail" },
      { name: "InvalidParameterValueException" },
    ],
  ])("refuses %s", async (_what, input, error) => {
    await expect(invoke(input)).rejects.toMatchObject(error);
  });
});

describe("the functions", () => {
  it("are listed page by page", async () => {
    const names: (string | undefined)[] = [];
    let Marker: string | undefined;
    do {
      const page = await client.send(new ListFunctionsCommand({ MaxItems: 4, Marker }));
      names.push(...(page.Functions ?? []).map(({ FunctionName }) => FunctionName));
      Marker = page.NextMarker;
    } while (Marker !== undefined);
    expect(names).toEqual(["closed", "describeContext", "echo", "refuse", "sleep", "spin"]);
    await expect(client.send(new ListFunctionsCommand({ MaxItems: 0 }))).rejects.toThrow("at 'maxItems'");
    await expect(client.send(new ListFunctionsCommand({ Marker: "x" }))).rejects.toThrow("Invalid Marker");
  });

  it("are described as the topology has them", async () => {
    const configuration = {
      FunctionName: "echo",
      FunctionArn: arn,
      Handler: "functions.echo",
      MemorySize: 256,
      Timeout: 10,
      State: "Active",
      Environment: { Variables: { STAGE: "local" } },
    };
    const found = await client.send(new GetFunctionConfigurationCommand({ FunctionName: "echo" }));
    expect(found).toMatchObject(configuration);
    const sleep = await client.send(new GetFunctionCommand({ FunctionName: "sleep" }));
    expect(sleep).toMatchObject({
      Configuration: { FunctionName: "sleep" },
      Concurrency: { ReservedConcurrentExecutions: 1 },
    });
    await expect(client.send(new GetFunctionCommand({ FunctionName: "nobody" }))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  it("are not changed by what is not claimed, which says so", async () => {
    await expect(client.send(new DeleteFunctionCommand({ FunctionName: "echo" }))).rejects.toMatchObject({
      name: "UnknownOperationException",
    });
    expect(reported).toEqual(["unsupported operation of Lambda: DELETE /2015-03-31/functions/echo"]);
  });
});
