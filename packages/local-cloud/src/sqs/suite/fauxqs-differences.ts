const noMoveTasks = "it has no message move tasks";
const errorNames = "it puts AWS.SimpleQueueService. before every error's name";
const noPermissions = "it has no AddPermission and no RemovePermission";
const oneOfEachGroup = "it gives out one message of a group at a time; AWS as many as fit";

/** Where fauxqs 2.4.1 is known to do otherwise than AWS, by the name of the test that says so. */
export const fauxqsDifferences: Record<string, string> = {
  "computes the digest of attributes that AWS was recorded to answer": "its `Hel.*` does not match `Hello`",
  "gives no attributes to a receive that asks for none": "it gives all of them",
  "purges what waits and what is in flight, once a minute": "it purges as often as it is asked",
  "refuses characters that XML 1.0 does not know, and takes all others": errorNames,
  "refuses figures that are out of range": "its messages leave out the value",
  "refuses faulty message attributes": "it takes them",
  "refuses a receipt handle that it never wrote": "it says success",
  "refuses to hide a message that is gone": errorNames,
  "refuses single entries of a batch and does the others": "it says success to a handle that it never wrote",
  "answers the same URL when a queue is created again with what it has": errorNames,
  "changes attributes, and refuses unknown ones and values out of range": errorNames,
  "refuses a name that is not allowed": "it takes any name",
  "forgets a deleted queue, and lets its name rest for a minute": "a name is free at once",
  "keeps the order in a group and locks the group while one of its messages is in flight": oneOfEachGroup,
  "gives the first message of a group again before the ones behind it": oneOfEachGroup,
  "stores what is sent twice within five minutes once, and answers alike": oneOfEachGroup,
  "deduplicates in each group by itself where the queue says so": "it always deduplicates in the whole queue",
  "numbers messages in growing order and gives group, deduplication id and number out": oneOfEachGroup,
  "refuses a receipt handle whose visibility timeout is over": "it says success",
  "keeps the send time and the count of receives, and names the queue that a dead letter came from":
    "it counts the move as a receive and does not name the queue",
  "lists the queues that a dead-letter queue serves": "it has no ListDeadLetterSourceQueues",
  "refuses a redrive policy without a target, with a wrong count, or to another kind of queue": "it takes any policy",
  "lets a dead-letter queue say whose letters it takes": "it knows no RedriveAllowPolicy",
  "moves dead letters back to where they came from": noMoveTasks,
  "moves dead letters to a queue that is named": noMoveTasks,
  "fails a move when it cannot tell where a message came from": noMoveTasks,
  "moves no faster than it is told to, one task at a time, and can be stopped": noMoveTasks,
  "refuses a move from a queue that is nobody's dead-letter queue, or to one that does not exist": noMoveTasks,
  "takes a message group in a standard queue, which keeps no order and locks nothing for it":
    "it forgets the group of a standard queue's message",
  "keeps the tags that a queue was created with, adds to them, replaces them, takes them away":
    "it lists no tags as an empty map",
  "refuses no tags, and more than 50, without changing those that are there": "it takes any number of tags",
  "writes permissions into the queue's policy, statement by statement, and takes them out again": noPermissions,
  "refuses a permission that is there already, that only owners have, or that is not there": noPermissions,
  "answers a repeated receive attempt alike, until one of its messages is settled": "it ignores attempts",
};
