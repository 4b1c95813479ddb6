import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";

const task = z.object({
  id: z.number(),
  handle: z.string(),
  sourceArn: z.string(),
  destinationArn: z.string().nullable(),
  messagesPerSecond: z.number().nullable(),
  status: z.enum(["RUNNING", "COMPLETED", "CANCELLED", "FAILED"]),
  moved: z.number(),
  toMove: z.number(),
  failureReason: z.string().nullable(),
  startedAt: z.number(),
});
export type MoveTask = z.infer<typeof task>;
type EndedStatus = Exclude<MoveTask["status"], "RUNNING">;

const columns = `id, handle, source_arn AS sourceArn, destination_arn AS destinationArn,
  messages_per_second AS messagesPerSecond, status, moved, to_move AS toMove, failure_reason AS failureReason,
  started_at AS startedAt`;

export function createMoveTaskStore(database: DatabaseSync) {
  const add = database.prepare(
    `INSERT INTO move_tasks (handle, source_arn, destination_arn, messages_per_second, status, to_move, started_at)
     VALUES (:handle, :sourceArn, :destinationArn, :messagesPerSecond, 'RUNNING', :toMove, :startedAt)`,
  );
  const byHandle = database.prepare(`SELECT ${columns} FROM move_tasks WHERE handle = ?`);
  const ofSource = database.prepare(`SELECT ${columns} FROM move_tasks WHERE source_arn = ? ORDER BY id DESC LIMIT ?`);
  const running = database.prepare(`SELECT ${columns} FROM move_tasks WHERE status = 'RUNNING'`);
  const countMoved = database.prepare("UPDATE move_tasks SET moved = moved + ? WHERE handle = ?");
  const end = database.prepare("UPDATE move_tasks SET status = ?, failure_reason = ? WHERE handle = ?");
  return {
    add(
      fresh: Pick<MoveTask, "handle" | "sourceArn" | "destinationArn" | "messagesPerSecond" | "toMove" | "startedAt">,
    ) {
      add.run(fresh);
    },
    find(handle: string): MoveTask | undefined {
      const found = byHandle.get(handle);
      return found === undefined ? undefined : task.parse(found);
    },
    list: (sourceArn: string, limit: number) => ofSource.all(sourceArn, limit).map((row) => task.parse(row)),
    running: () => running.all().map((row) => task.parse(row)),
    countMoved(handle: string, count: number) {
      countMoved.run(count, handle);
    },
    end(handle: string, status: EndedStatus, failureReason: string | null = null) {
      end.run(status, failureReason, handle);
    },
  };
}
