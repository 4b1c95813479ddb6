const width = 24;

/** `[######------------------]  25 %` */
export function bar(fraction: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * width);
  const percent = Math.floor(Math.min(1, Math.max(0, fraction)) * 100);
  return `[${"#".repeat(full)}${"-".repeat(width - full)}] ${String(percent).padStart(3)} %`;
}

export interface Progress {
  show(line: string): void;
  /** What is printed next stands on a line of its own. */
  end(): void;
}

interface Screen {
  isTTY?: boolean;
  write(text: string): unknown;
}

const quietMs = 5_000;

/** One line that changes on a terminal; elsewhere, such as in a log, a line every few seconds. */
export function createProgress(screen: Screen = process.stderr, now: () => number = Date.now): Progress {
  let shownAt = Number.NEGATIVE_INFINITY;
  let isOpen = false;
  return {
    show(line) {
      if (screen.isTTY) {
        screen.write(`\r\u001b[K${line}`);
        isOpen = true;
      } else if (now() - shownAt >= quietMs) {
        shownAt = now();
        screen.write(`${line}\n`);
      }
    },
    end() {
      if (isOpen) screen.write("\n");
      isOpen = false;
    },
  };
}
