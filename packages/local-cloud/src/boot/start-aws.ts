import { join } from "node:path";
import { createCloudwatch } from "../cloudwatch/cloudwatch.ts";
import { createDynamodb } from "../dynamodb/dynamodb.ts";
import { createEndpoint } from "../endpoint/endpoint.ts";
import { type Observe, observeJson, observeS3 } from "../endpoint/observe.ts";
import { createEventBridge } from "../eventbridge/eventbridge.ts";
import type { Iam } from "../iam/iam.ts";
import { createLambdaApi } from "../lambda/api/lambda-api.ts";
import { createDestinations, type Destinations } from "../lambda/asynchronous/destinations.ts";
import { createEventQueue, type EventQueue } from "../lambda/asynchronous/event-queue.ts";
import type { InvokeOptions, Outcome } from "../lambda/invocation.ts";
import type { Report } from "../report.ts";
import { createS3 } from "../s3/s3.ts";
import { createSqs, type Sqs } from "../sqs/sqs.ts";
import type { Topology } from "../topology.ts";
import { applyTopology } from "./apply-topology.ts";
import { createDeliver } from "./deliver.ts";
import { host, listen, type WantedPort } from "./ports.ts";

interface AwsOptions {
  topology: Topology;
  dataDir: string;
  port: WantedPort;
  iam: Iam;
  /** For callers of Lambda's API. */
  invoke: (functionName: string, event: unknown, options: InvokeOptions) => Promise<Outcome>;
  observe?: Observe | undefined;
  report: Report;
}

interface Aws {
  endpointUrl: string;
  sqs: Sqs;
  queueUrl: (name: string) => string;
  /** Lambda's asynchronous invocations: takes events at once, and invokes after its start. */
  events: EventQueue;
  destinations: Destinations;
  apply(topology: Topology): Promise<void>;
  close(): Promise<void>;
}

/** S3 verifies what is signed, so it must know the secret: ours, and the one that tools for other local clouds come with. */
const developersKeys = { local: "local", test: "test" };

/** The AWS services of this machine behind their one endpoint, empty or with what an earlier run left. */
export async function startAws({ topology, dataDir, port, iam, invoke, observe, report }: AwsOptions): Promise<Aws> {
  const { region, account } = topology;
  const optionsOf = (service: string) => ({ dataDir: join(dataDir, service), region, account, report });
  // Known once the endpoint listens; before that nobody can ask for it.
  let endpointUrl = "";
  const queueUrl = (name: string) => `${endpointUrl}/${account}/${name}`;

  await using stack = new AsyncDisposableStack();
  const dynamodb = stack.adopt(createDynamodb(optionsOf("dynamodb")), (service) => service.close());
  const bareSqs = stack.adopt(createSqs({ ...optionsOf("sqs"), queueUrl }), (service) => service.close());
  const sqs = observeJson(bareSqs, observe);
  const events = stack.adopt(createEventQueue({ ...optionsOf("lambda"), functions: topology.functions }), (queue) =>
    queue.close(),
  );
  const deliver = createDeliver({ sqs, accept: events.accept });
  const eventbridge = stack.adopt(createEventBridge({ ...optionsOf("eventbridge"), deliver }), (service) =>
    service.close(),
  );
  const announce = eventbridge.publishAwsEvents;
  const s3 = stack.adopt(
    await createS3({
      ...optionsOf("s3"),
      secrets: { ...developersKeys, ...iam.secrets() },
      callerOf: iam.callerOf,
      announce,
    }),
    (service) => service.close(),
  );
  const cloudwatch = stack.adopt(createCloudwatch({ ...optionsOf("cloudwatch"), announce }), (service) =>
    service.close(),
  );
  const server = createEndpoint({
    services: [
      observeJson(dynamodb, observe),
      observeJson(cloudwatch, observe),
      sqs,
      observeJson(eventbridge, observe),
    ],
    s3: observeS3((request, response) => s3.handle(request, response), observe),
    lambda: createLambdaApi({
      functions: topology.functions,
      region,
      account,
      invoke,
      accept: events.accept,
      authorize: iam.authorizeLambda,
      report,
    }),
    authorize: iam.authorize,
    report,
  });
  stack.defer(() => {
    server.close();
    server.closeAllConnections();
  });
  endpointUrl = `http://${host}:${await listen(server, port)}`;

  const running = stack.move();
  return {
    endpointUrl,
    sqs,
    queueUrl,
    events,
    destinations: createDestinations({ sqs, eventbridge, accept: events.accept }),
    apply: (wanted) =>
      applyTopology(wanted, {
        sqs,
        queueUrl,
        applyTable: (table) => dynamodb.applyTable(table),
        applyBucket: ({ name, lifecycle }) => s3.createBucket(name, { lifecycle }),
        applyEvents: (events) => eventbridge.applyTopology(events),
      }),
    close: () => running.disposeAsync(),
  };
}
