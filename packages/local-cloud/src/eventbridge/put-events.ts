import { randomUUID } from "node:crypto";
import { z } from "zod";
import type { Report } from "../report.ts";
import { busNameOf } from "./arns.ts";
import type { Context } from "./context.ts";
import { makeEvent } from "./event.ts";
import { busNameOrArn, type Operations, parseInput, refuseMembers, validationError } from "./input.ts";
import { isObject } from "./pattern/scalar.ts";
import type { Plan, Publisher } from "./publish.ts";

/** Of all entries of a call together. */
const maximumBytes = 1_048_576;
const bytesOfTime = 14;
/** What the JSON parser of AWS takes; it also keeps our own recursion bounded. */
const maximumNesting = 1_000;

const entrySchema = z.object({
  /** Epoch seconds. */
  Time: z
    .number()
    .refine((seconds) => !Number.isNaN(new Date(seconds * 1_000).getTime()))
    .optional(),
  Source: z.string().optional(),
  Resources: z.array(z.string().max(2048)).optional(),
  DetailType: z.string().optional(),
  Detail: z.string().optional(),
  EventBusName: busNameOrArn.optional(),
  TraceHeader: z.string().min(1).max(500).optional(),
});
const putInput = z.object({ Entries: z.array(entrySchema).min(1).max(10) });

type Entry = z.infer<typeof entrySchema>;
type Refusal = { ErrorCode: string; ErrorMessage: string };

export function createPutEvents({ place, now }: Context, publisher: Publisher, report: Report): Operations {
  function take(entry: Entry): { answer: { EventId: string } | Refusal; plan?: Plan | undefined } {
    const checked = checkEntry(entry);
    if ("ErrorCode" in checked) return { answer: checked };
    const id = randomUUID();
    const time = entry.Time === undefined ? now() : Math.round(entry.Time * 1_000);
    const event = makeEvent({ ...place, ...checked, id, time, resources: entry.Resources ?? [] });
    const bus = busNameOf(entry.EventBusName);
    const plan = publisher.plan(bus, event);
    if (plan === undefined) report({ level: "WARN", message: `PutEvents lost an event: there is no bus ${bus}` });
    return { answer: { EventId: id }, plan };
  }

  return {
    /** As AWS, answers 200 with failed entries inside, and takes an event for an unknown bus only to lose it. */
    async PutEvents(input) {
      refuseMembers("PutEvents", input, ["EndpointId"]);
      const { Entries } = parseInput(putInput, input);
      if (Entries.reduce((bytes, entry) => bytes + entryBytes(entry), 0) > maximumBytes) {
        throw validationError("Total size of the entries in the request is over the limit.");
      }
      const taken = Entries.map(take);
      await publisher.publish(taken.flatMap(({ plan }) => plan ?? []));
      const answers = taken.map(({ answer }) => answer);
      return { FailedEntryCount: answers.filter((answer) => "ErrorCode" in answer).length, Entries: answers };
    },
  };
}

function checkEntry({
  Source,
  DetailType,
  Detail,
}: Entry): { source: string; detailType: string; detail: string } | Refusal {
  if (!Source) return missing("Source");
  if (!DetailType) return missing("DetailType");
  if (!Detail) return missing("Detail");
  if (Source.startsWith("aws.")) {
    return { ErrorCode: "NotAuthorizedForSourceException", ErrorMessage: "Not authorized for the source." };
  }
  if (!isJsonObject(Detail)) return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
  return { source: Source, detailType: DetailType, detail: Detail };
}

const missing = (member: string): Refusal => ({
  ErrorCode: "InvalidArgument",
  ErrorMessage: `Parameter ${member} is not valid. Reason: ${member} is a required argument.`,
});

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && nestsAtMost(maximumNesting, value);
  } catch {
    return false;
  }
}

function nestsAtMost(depth: number, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return depth > 0 && Object.values(value).every((member) => nestsAtMost(depth - 1, member));
}

function entryBytes({ Time, Source = "", DetailType = "", Detail = "", Resources = [] }: Entry): number {
  const texts = [Source, DetailType, Detail, ...Resources];
  return texts.reduce((sum, text) => sum + Buffer.byteLength(text), Time === undefined ? 0 : bytesOfTime);
}
