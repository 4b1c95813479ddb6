import { readFileSync } from "node:fs";

export interface MemoryWatch {
  /** Nothing under way is nothing watched. */
  begin(memoryMegabytes: number): void;
  end(memoryMegabytes: number): void;
}

const intervalMs = 250;

/**
 * Lambda gives each invocation a process of its own. Here invocations share one, and so their memory: what Node and the modules
 * held before the first is not counted, and what invocations were once allowed side by side stays allowed, since their garbage may
 * linger. Only Linux tells a process's memory for so little; elsewhere V8's limit of the heap must do.
 */
export function watchMemory(pid: number, onExceeded: () => void): MemoryWatch {
  let baseMegabytes: number | undefined;
  let underWay = 0;
  let most = 0;
  let timer: NodeJS.Timeout | undefined;

  function look(): void {
    const held = residentMegabytes(pid);
    if (held === undefined || baseMegabytes === undefined || held <= baseMegabytes + most) return;
    clearInterval(timer);
    onExceeded();
  }

  return {
    begin(memoryMegabytes) {
      baseMegabytes ??= residentMegabytes(pid);
      underWay += memoryMegabytes;
      most = Math.max(most, underWay);
      timer ??= setInterval(look, intervalMs);
    },
    end(memoryMegabytes) {
      underWay -= memoryMegabytes;
      if (underWay > 0) return;
      clearInterval(timer);
      timer = undefined;
    },
  };
}

function residentMegabytes(pid: number): number | undefined {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return kilobytes === undefined ? undefined : Number(kilobytes) / 1024;
  } catch {
    return undefined; // It has just ended, or this is no Linux.
  }
}
