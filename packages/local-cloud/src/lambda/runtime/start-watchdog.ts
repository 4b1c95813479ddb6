import { Worker } from "node:worker_threads";

export interface Watched {
  parentPid: number;
  /** Shared with the thread; 0 until the handlers are loaded. */
  limitMegabytes: Int32Array;
}

export interface Watchdog {
  /** From now on the process may hold as much as it holds now, and what its invocations may take on top. */
  limitMemory(): void;
  begin(memoryMegabytes: number): void;
  end(memoryMegabytes: number): void;
}

const megabyte = 1024 * 1024;

/**
 * Lambda gives each invocation a process of its own. Here invocations share one, and so their memory: what Node and the modules
 * need is not counted, and what side by side invocations were once allowed together stays allowed, since their garbage may linger.
 */
export function startWatchdog(): Watchdog {
  const limitMegabytes = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const workerData: Watched = { parentPid: process.ppid, limitMegabytes };
  const options = {
    workerData,
    execArgv: [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1 },
  };
  new Worker(new URL("./watchdog.ts", import.meta.url), options).unref();
  let baseMegabytes: number | undefined;
  let underWay = 0;
  let most = 0;

  function update(): void {
    most = Math.max(most, underWay);
    if (baseMegabytes !== undefined) Atomics.store(limitMegabytes, 0, baseMegabytes + most);
  }

  return {
    limitMemory() {
      baseMegabytes = Math.ceil(process.memoryUsage.rss() / megabyte);
      if (most > 0) update();
    },
    begin(memoryMegabytes) {
      underWay += memoryMegabytes;
      update();
    },
    end(memoryMegabytes) {
      underWay -= memoryMegabytes;
    },
  };
}
