import { archiveArn, busArn, busNameOf, replayArn, ruleArn } from "../eventbridge/arns.ts";
import { type Input, listOf, type Place, type Right, textOf } from "./right.ts";

/** What each call of EventBridge needs. An announcement needs its right once for each entry's bus, source and type. */
export function eventsRights(operation: string, input: Input, place: Place): Right[] {
  const right = (resource: string, context: Right["context"] = {}): Right => ({
    action: `events:${operation}`,
    resource,
    context,
  });
  const bus = busNameOf(textOf(input["EventBusName"]) || undefined);

  switch (operation) {
    case "PutEvents":
      return listOf(input["Entries"]).map((entry) =>
        right(busArn(place, busNameOf(textOf(entry["EventBusName"]) || undefined)), {
          "events:source": textOf(entry["Source"]),
          "events:detail-type": textOf(entry["DetailType"]),
        }),
      );
    case "CreateEventBus":
    case "DescribeEventBus":
    case "UpdateEventBus":
    case "DeleteEventBus":
      return [right(busArn(place, busNameOf(textOf(input["Name"]) || undefined)))];
    case "PutRule":
    case "DescribeRule":
    case "EnableRule":
    case "DisableRule":
    case "DeleteRule":
      return [right(ruleArn(place, bus, textOf(input["Name"])))];
    case "TagResource":
    case "UntagResource":
    case "ListTagsForResource":
      return [right(textOf(input["ResourceARN"]))];
    case "PutTargets":
    case "RemoveTargets":
    case "ListTargetsByRule":
      return [right(ruleArn(place, bus, textOf(input["Rule"])))];
    case "CreateArchive":
    case "DescribeArchive":
    case "UpdateArchive":
    case "DeleteArchive":
      return [right(archiveArn(place, textOf(input["ArchiveName"])))];
    case "StartReplay":
      return [right(replayArn(place, textOf(input["ReplayName"]))), right(textOf(input["EventSourceArn"]))];
    case "DescribeReplay":
    case "CancelReplay":
      return [right(replayArn(place, textOf(input["ReplayName"])))];
    default:
      return [right("*")];
  }
}
