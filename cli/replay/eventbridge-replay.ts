import {
  CancelReplayCommand,
  DescribeArchiveCommand,
  DescribeEventBusCommand,
  DescribeReplayCommand,
  DescribeRuleCommand,
  type EventBridgeClient,
  IllegalStatusException,
  ListRuleNamesByTargetCommand,
  type ReplayState,
  ResourceNotFoundException,
  StartReplayCommand,
} from "@aws-sdk/client-eventbridge";
import { physicalName, type Stage } from "../stage.ts";
import type { Rule } from "./rules.ts";

export interface ReplayProgress {
  state: ReplayState;
  reason: string | undefined;
  /** Epoch milliseconds of the event that was replayed last. */
  lastEventTime: number | null;
}

export interface Stretch {
  name: string;
  /** Epoch milliseconds; the end is not included. */
  from: number;
  to: number;
  ruleArns: readonly string[];
}

/** What a replay needs of a stage's EventBridge. */
export type Archive = ReturnType<typeof createArchive>;

export function createArchive(client: EventBridgeClient, stage: Stage) {
  const EventBusName = physicalName(stage, "bus");
  const ArchiveName = physicalName(stage, "archive");

  return {
    busName: EventBusName,

    /** The archive holds nothing that occurred much before it was made. */
    async begins(): Promise<number> {
      const { CreationTime } = await client.send(new DescribeArchiveCommand({ ArchiveName }));
      return (CreationTime?.getTime() ?? 0) - 86_400_000;
    },

    async rulesOf(targetArn: string): Promise<Rule[]> {
      const asked = new ListRuleNamesByTargetCommand({ EventBusName, TargetArn: targetArn });
      const { RuleNames = [] } = await client.send(asked);
      const rules = await Promise.all(
        RuleNames.map((Name) => client.send(new DescribeRuleCommand({ EventBusName, Name }))),
      );
      return rules.flatMap(({ Arn, EventPattern }) => (Arn && EventPattern ? { arn: Arn, pattern: EventPattern } : []));
    },

    async start({ name, from, to, ruleArns }: Stretch): Promise<void> {
      const [{ ArchiveArn }, { Arn }] = await Promise.all([
        client.send(new DescribeArchiveCommand({ ArchiveName })),
        client.send(new DescribeEventBusCommand({ Name: EventBusName })),
      ]);
      await client.send(
        new StartReplayCommand({
          ReplayName: name,
          EventSourceArn: ArchiveArn,
          EventStartTime: new Date(from),
          EventEndTime: new Date(to),
          Destination: { Arn, FilterArns: [...ruleArns] },
        }),
      );
    },

    /** Null where nobody knows a replay of that name. */
    async find(name: string): Promise<ReplayProgress | null> {
      return readReplay(name).catch((error: unknown) => {
        if (error instanceof ResourceNotFoundException) return null;
        throw error;
      });
    },

    read: readReplay,

    /** One that has ended already stays as it is. */
    async cancel(name: string): Promise<void> {
      await client.send(new CancelReplayCommand({ ReplayName: name })).catch((error: unknown) => {
        if (!(error instanceof IllegalStatusException)) throw error;
      });
    },
  };
  async function readReplay(name: string): Promise<ReplayProgress> {
    const answer = await client.send(new DescribeReplayCommand({ ReplayName: name }));
    const { State: state = "FAILED", StateReason: reason, EventLastReplayedTime } = answer;
    return { state, reason, lastEventTime: EventLastReplayedTime?.getTime() ?? null };
  }
}
