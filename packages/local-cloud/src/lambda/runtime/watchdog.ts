import { writeSync } from "node:fs";
import { workerData } from "node:worker_threads";
import { memoryReportFd } from "../invocation.ts";
import type { Watched } from "./start-watchdog.ts";

/**
 * A thread of its own, since a handler that never lets go of the event loop would hold up everything else: it ends the process when
 * the host has died or the memory limit is passed.
 */
const intervalMs = 250;
const megabyte = 1024 * 1024;

// Our own starter's, in the same process.
const { parentPid, limitMegabytes } = workerData as Watched;

setInterval(() => {
  if (process.ppid !== parentPid) end();
  const limit = limitMegabytes[0] ?? 0;
  if (limit > 0 && process.memoryUsage.rss() > limit * megabyte) {
    writeSync(memoryReportFd, "out of memory");
    end();
  }
}, intervalMs);

function end(): void {
  process.kill(process.pid, "SIGKILL");
}
