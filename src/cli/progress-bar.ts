import type { Screen } from './output.ts';

export interface ProgressBar {
  readonly update: (done: number, total: number | null) => void;
  readonly clear: () => void;
}

const CELLS = 30;
const REDRAW_MS = 100;
const ERASE_LINE = '\r\u001b[2K';

/** A bar on the terminal that `screen` is; without one it does nothing. */
export function progressBar(screen: Screen | null): ProgressBar {
  let drawnAt = 0;
  return {
    update(done, total) {
      const now = performance.now();
      if (screen === null || now - drawnAt < REDRAW_MS) return;
      drawnAt = now;
      screen.write(`${ERASE_LINE}${progressText(done, total)}`);
    },
    clear() {
      if (screen !== null && drawnAt > 0) screen.write(ERASE_LINE);
    },
  };
}

export function progressText(done: number, total: number | null): string {
  if (total === null || total === 0) return `${done} close times`;
  const share = Math.min(1, done / total);
  const full = Math.round(share * CELLS);
  return `[${'#'.repeat(full)}${'.'.repeat(CELLS - full)}] ${String(Math.floor(share * 100)).padStart(3)} %`;
}
