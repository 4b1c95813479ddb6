import { createHash } from "node:crypto";
import { join, resolve } from "node:path";
import { createGateway } from "../apigateway/gateway.ts";
import { type Observe, observeInvocations } from "../endpoint/observe.ts";
import { createIam } from "../iam/iam.ts";
import { serviceEnvironment } from "../lambda/environment.ts";
import { startQueuePoller } from "../lambda/event-sources/queue-poller.ts";
import { createLambdaHost, type LambdaHost } from "../lambda/host.ts";
import type { Outcome } from "../lambda/invocation.ts";
import { localLinks } from "../lambda/local-links.ts";
import type { Report } from "../report.ts";
import { startScheduler } from "../scheduler/scheduler.ts";
import type { Topology } from "../topology.ts";
import { queueArn } from "./apply-topology.ts";
import { checkEventSources } from "./check-event-sources.ts";
import { type Engines, startEngines } from "./engines.ts";
import { lockDataDir } from "./lock.ts";
import { checkPort, listen, host as loopback } from "./ports.ts";
import { startAws } from "./start-aws.ts";

export interface LocalCloudOptions {
  topology: Topology;
  /** The app's root, which the topology's handlers are relative to. */
  root: string;
  /** Holds everything that outlives a restart. */
  dataDir: string;
  /** The gateway's; 0 takes any free one, and so does 0 for `awsPort`. */
  port: number;
  awsPort: number;
  /** What a person changes when one of the two is taken, as the message names it. */
  portRemedies?: { port: string; awsPort: string };
  /** A Postgres and a Redis to use instead of those that come with this package. */
  databaseUrl?: string | undefined;
  redisUrl?: string | undefined;
  /** By the secret's SST name. */
  secrets: Record<string, string>;
  /** Properties of `Resource.<link>` that have the last word, by the link's name. */
  linkOverrides?: Record<string, Record<string, unknown>>;
  onProgress?: (progress: { step: string; durationMs: number }) => void;
  /** Sees every call that AWS would bill for. */
  observe?: Observe;
  report: Report;
}

export interface LocalCloud {
  /** The gateway's. */
  url: string;
  endpointUrl: string;
  /** Absent when no function links one. */
  engines: Engines;
  invoke(functionName: string, payload: unknown): Promise<Outcome>;
  /** New work goes to a new process of the service; the old one finishes what it has. */
  restart(service: string): Promise<void>;
  services(): { service: string; pid: number | undefined }[];
  /** Lets what is under way finish for a few seconds; leaves no process. */
  stop(): Promise<void>;
}

/** Boots an SST app's topology with its real handlers. Resolves when the gateway takes requests; on failure nothing stays behind. */
export async function startLocalCloud(options: LocalCloudOptions): Promise<LocalCloud> {
  const { topology, secrets, linkOverrides = {}, onProgress = () => {}, observe, report } = options;
  const remedies = options.portRemedies ?? { port: "PORT or --port", awsPort: "--aws-port" };
  const { region, account, functions } = topology;
  const dataDir = resolve(options.dataDir);
  const root = resolve(options.root);

  /** Runs a step of the boot and tells how long it took. */
  async function during<T>(step: string, work: () => Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const done = await work();
    onProgress({ step, durationMs: Math.round(performance.now() - startedAt) });
    return done;
  }

  // What is started is stopped in the opposite order, also when a later step fails.
  await using stack = new AsyncDisposableStack();
  stack.defer(await lockDataDir(dataDir));
  const awsPort = { port: options.awsPort, purpose: "the AWS endpoint", remedy: remedies.awsPort };
  await checkPort(awsPort);

  const iam = createIam({ functions, region, account, dataDir: join(dataDir, "aws", "iam"), report });
  checkEventSources(topology, iam);

  // The gateway and Lambda's API call functions, which are started last since they need the addresses of both.
  let open: LambdaHost | undefined;
  const invoke: LambdaHost["invoke"] = async (...call) => (open ? open.invoke(...call) : { kind: "throttled" });

  const apiId = createHash("sha256").update(`${topology.app}/${topology.stage}`).digest("hex").slice(0, 10);
  const gateway = createGateway({ routes: topology.routes, cors: topology.cors, invoke, account, apiId, report });
  stack.defer(() => gateway.close());
  const port = await listen(gateway.server, { port: options.port, purpose: "the gateway", remedy: remedies.port });
  const url = `http://${loopback}:${port}`;

  const [engines, aws] = await during("engines", async () => {
    const started = await Promise.allSettled([
      startEngines({ functions, dataDir, databaseUrl: options.databaseUrl, redisUrl: options.redisUrl, report }),
      startAws({ topology, dataDir: join(dataDir, "aws"), port: awsPort, iam, invoke, observe, report }),
    ]);
    const [startedEngines, startedAws] = started;
    if (startedEngines.status === "fulfilled") stack.defer(() => startedEngines.value.stop());
    if (startedAws.status === "fulfilled") stack.defer(() => startedAws.value.close());
    if (startedEngines.status === "rejected") throw startedEngines.reason;
    if (startedAws.status === "rejected") throw startedAws.reason;
    return [startedEngines.value, startedAws.value] as const;
  });

  await during("resources", () => aws.apply(topology));

  const host = await during("functions", async () => {
    const links = localLinks(functions, {
      url,
      queueUrl: aws.queueUrl,
      postgres: engines.postgres,
      redis: engines.redis,
      secrets,
      overrides: linkOverrides,
    });
    const facts = { app: topology.app, stage: topology.stage, region, endpointUrl: aws.endpointUrl, links };
    const environment = (service: string, own: typeof functions) =>
      serviceEnvironment(service, own, { ...facts, credentialsOf: iam.credentialsOf, inherited: process.env });
    const created = createLambdaHost({ functions, root, dataDir, region, account, environment, report });
    stack.defer(() => created.stop());
    await created.ready();
    return { ...created, invoke: observeInvocations(created.invoke, observe) };
  });

  await during("invocations", async () => {
    for (const { function: name } of topology.invocations) {
      const outcome = await host.invoke(name, {});
      if (outcome.kind === "returned") continue;
      const reason = outcome.kind === "failed" ? outcome.error.errorMessage : "it was throttled";
      throw new Error(`The function ${name}, which must run before the app, failed: ${reason}`);
    }
  });

  open = host;
  await Promise.all(topology.eventSources.map(({ queue }) => aws.sqs.giveBackInFlight(queue)));
  const pollers = topology.eventSources.map((source) =>
    startQueuePoller({
      source,
      queueUrl: aws.queueUrl(source.queue),
      queueArn: queueArn(topology, source.queue),
      region,
      visibilityTimeoutSeconds: visibilityTimeoutOf(topology, source.queue),
      sqs: aws.sqs,
      invoke: host.invoke,
      report,
    }),
  );
  aws.events.start({ ...aws.destinations, invoke: host.invoke });
  const scheduler = startScheduler({
    schedules: topology.schedules,
    region,
    account,
    accept: aws.events.accept,
    sendDeadLetter: aws.destinations.sendMessage,
    report,
  });
  // Together: what invokes waits for its invocations, and the end of the functions ends the wait.
  stack.defer(async () => {
    aws.events.stop();
    await Promise.all([scheduler.stop(), ...pollers.map((poller) => poller.stop()), host.stop()]);
  });
  gateway.open();
  stack.defer(() => gateway.close());

  const running = stack.move();
  let stopping: Promise<void> | undefined;
  return {
    url,
    endpointUrl: aws.endpointUrl,
    engines,
    invoke: host.invoke,
    restart: host.restart,
    services: host.services,
    stop: () => {
      stopping ??= running.disposeAsync();
      return stopping;
    },
  };
}

const visibilityTimeoutOf = ({ queues }: Topology, queueName: string) =>
  queues.find(({ name }) => name === queueName)?.visibilityTimeoutSeconds ?? 30;
