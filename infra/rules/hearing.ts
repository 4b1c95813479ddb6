import { each, lastPart, nameOf, object, type Rule, text } from "./rule.ts";

const fourteenDays = 14 * 86_400;

/** A queue that functions hear from loses nothing: dead letters, time enough, and only what failed comes again. */
export const queuesLoseNothing: Rule = (graph) => {
  const queues = new Map(graph.all("Queue").map((queue) => [nameOf(queue), queue]));
  const timeouts = new Map(graph.functions().map(({ name, inputs }) => [name, Number(inputs["timeout"])]));
  return each(graph, "EventSourceMapping", ({ inputs }) => {
    const name = lastPart(inputs["eventSourceArn"]);
    const queue = queues.get(name);
    if (!queue) return [`${name} is heard from, but not made here`];
    const redrive = text(queue.inputs["redrivePolicy"]);
    const deadLetters = queues.get(redrive ? lastPart(JSON.parse(redrive).deadLetterTargetArn) : "");
    const enough = 6 * (timeouts.get(lastPart(inputs["functionName"])) ?? Number.POSITIVE_INFINITY);
    return [
      !deadLetters && `the queue ${name} has no dead letters: what fails every time is lost`,
      deadLetters?.inputs["messageRetentionSeconds"] !== fourteenDays &&
        `dead letters of ${name} are not kept for 14 days`,
      Number(queue.inputs["visibilityTimeoutSeconds"]) < enough &&
        `${name} gives a message again while it is worked on`,
      !text(inputs["functionResponseTypes"]).includes("ReportBatchItemFailures") &&
        `one message that fails repeats its whole batch of ${name}`,
      !object(inputs["scalingConfig"])["maximumConcurrency"] && `nothing limits how much of ${name} is heard at once`,
    ];
  });
};

export const rulesLoseNothing: Rule = (graph) =>
  each(graph, "EventTarget", ({ name, inputs }) => [
    !object(inputs["deadLetterConfig"])["arn"] &&
      `the target ${name} has no dead letters: what it cannot deliver is lost`,
  ]);

/** Only the rules of one's own may put anything into one's queue. */
export const queuesTakeOnlyFromRules: Rule = (graph) =>
  each(graph, "QueuePolicy", ({ name, inputs }) => [
    !/ArnEquals.*aws:SourceArn/.test(text(inputs["policy"])) && `${name} lets anybody's rules send to the queue`,
  ]);

/** The archive gives back every event of the bus, for as long as the stage is meant to be replayed. */
export const everythingIsArchived: Rule = (graph) => {
  const archives = graph.all("EventArchive");
  return [
    ...(archives.length === 1 ? [] : ["the bus has no archive: nothing can be replayed"]),
    ...archives.flatMap(({ inputs }) => (inputs["eventPattern"] ? ["the archive leaves events out"] : [])),
  ];
};
