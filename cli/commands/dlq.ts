import { parseArgs } from "node:util";
import type { SQSClient } from "@aws-sdk/client-sqs";
import { type ServiceName, serviceNames } from "@vsl/events";
import { withClients } from "../clients.ts";
import { type Command, Misuse, type Surroundings } from "../command.ts";
import { walkDeadLetters } from "../dlq/dead-letters.ts";
import { isSelected, type Letter, type Selection } from "../dlq/letter.ts";
import { describeLetter, tableOf } from "../dlq/table.ts";
import { bar, createProgress } from "../progress.ts";
import { sendToQueue } from "../replay/send-to-queue.ts";
import { readServiceName } from "../service-name.ts";
import { countWaiting, findService } from "../service-place.ts";
import { findStage, type Stage } from "../stage.ts";

const usage = `Usage: npm run vsl -- dlq list    [--service <service>]
       npm run vsl -- dlq show    <message>
       npm run vsl -- dlq redrive --service <service>
       npm run vsl -- dlq discard --service <service> --yes

  --message <id>, --job <id>, --event <name>
                    only these dead letters; each may be said more than once
  --stage <name>    a stage on AWS instead of this machine

redrive sends dead letters back to the service, once each, without their old reasons; it may be repeated at any time. What is
discarded stays in the archive, from which it can be replayed.`;

interface Walk {
  sqs: SQSClient;
  stage: Stage;
  service: ServiceName;
  selection: Selection;
  surroundings: Surroundings;
}

/** What the services could not hear, and what is to become of it. */
export const dlq: Command = {
  summary: "look at dead letters, send them back or discard them",
  usage,
  async run(args, surroundings) {
    const { action, service, selection, stageName, yes } = readArguments(args);
    const stage = findStage(stageName, surroundings.dataDir);
    await withClients(stage, async ({ sqs }) => {
      const of = (one: ServiceName): Walk => ({ sqs, stage, service: one, selection, surroundings });
      const walks = (service ? [service] : serviceNames).map(of);
      if (action === "list") await list(walks);
      else if (action === "show") await show(walks);
      else if (!service) throw new Misuse(`Say whose dead letters, with --service.\n\n${usage}`);
      else if (action === "redrive") await redrive(of(service));
      else await discard(of(service), yes);
    });
  },
};

async function list(walks: readonly Walk[]): Promise<void> {
  for (const { service, letters, print } of await collectAll(walks)) {
    print(`${service}: ${letters.length === 0 ? "no dead letters" : countOf(letters.length)}`);
    for (const line of tableOf(letters)) print(line);
  }
}

async function show(walks: readonly Walk[]): Promise<void> {
  const found = (await collectAll(walks)).filter(({ letters }) => letters.length > 0);
  if (found.length === 0) {
    throw new Misuse("There is no such dead letter: npm run vsl -- dlq list names those that are there.");
  }
  for (const { service, letters, print } of found) {
    for (const line of letters.flatMap((letter) => describeLetter(service, letter))) print(line);
  }
}

/** Sent first, deleted then: whatever stops it, nothing is lost, and what comes twice the service keeps once. */
async function redrive({ sqs, stage, service, selection, surroundings }: Walk): Promise<void> {
  const place = await findService(sqs, stage, service);
  const total = await countWaiting(sqs, place.deadLetters.url);
  const startedAt = surroundings.now();
  const progress = createProgress();
  let sent = 0;
  await walkDeadLetters({
    ...{ sqs, place, pollSeconds: pollSecondsOf(stage), interrupted: surroundings.interrupted },
    visit: async (letters) => {
      // One that was sent back by this very run and failed again would otherwise go round and round.
      const again = letters.filter((letter) => letter.sentAt < startedAt && isSelected(letter, selection));
      await sendToQueue(
        sqs,
        place.queue.url,
        again.map(({ body }) => body),
      );
      sent += again.length;
      progress.show(`${bar(sent / total)}  ${sent} of ${total} sent back`);
      return again;
    },
  }).finally(progress.end);
  surroundings.print(`${countOf(sent)} of ${service} sent back.`);
}

async function discard(walk: Walk, yes: boolean): Promise<void> {
  const { sqs, stage, service, selection, surroundings } = walk;
  if (!yes) {
    await list([walk]);
    surroundings.print("Nothing was discarded: repeat it with --yes.");
    return;
  }
  let discarded = 0;
  await walkDeadLetters({
    ...{ sqs, place: await findService(sqs, stage, service) },
    ...{ pollSeconds: pollSecondsOf(stage), interrupted: surroundings.interrupted },
    visit: async (letters) => {
      const gone = letters.filter((letter) => isSelected(letter, selection));
      discarded += gone.length;
      return gone;
    },
  });
  surroundings.print(`${countOf(discarded)} of ${service} discarded.`);
}

const collectAll = (walks: readonly Walk[]) =>
  Promise.all(
    walks.map(async ({ sqs, stage, service, selection, surroundings: { print, interrupted } }) => {
      const letters: Letter[] = [];
      const visit = async (seen: readonly Letter[]) => {
        letters.push(...seen.filter((letter) => isSelected(letter, selection)));
        return [];
      };
      const place = await findService(sqs, stage, service);
      await walkDeadLetters({ sqs, place, pollSeconds: pollSecondsOf(stage), interrupted, visit });
      return { service, letters, print };
    }),
  );

/** A receive that waits asks all of SQS's servers, where one that does not asks some of them. */
const pollSecondsOf = ({ isLocal }: Stage) => (isLocal ? 0 : 1);

const countOf = (letters: number) => `${letters} dead letter${letters === 1 ? "" : "s"}`;

const actions = ["list", "show", "redrive", "discard"] as const;

function readArguments(args: string[]) {
  const { values, positionals } = parse(args);
  const [given, message, ...more] = positionals;
  const action = actions.find((name) => name === given);
  const isShown = action === "show";
  if (!action || more.length > 0 || (message !== undefined) !== isShown) throw new Misuse(usage);
  const { service, stage: stageName, yes = false, message: messages = [], job: jobs = [], event: events = [] } = values;
  return {
    ...{ action, stageName, yes },
    service: service === undefined ? null : readServiceName(service),
    selection: { messages: message === undefined ? messages : [message], jobs, events },
  };
}

function parse(args: string[]) {
  const text = { type: "string" } as const;
  const texts = { type: "string", multiple: true } as const;
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        ...{ service: text, stage: text, message: texts, job: texts, event: texts },
        yes: { type: "boolean" },
      },
    });
  } catch (error) {
    throw new Misuse(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}
