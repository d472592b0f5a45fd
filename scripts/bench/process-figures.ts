/** What Linux counts of a process. */
import { readFileSync } from 'node:fs';

/** Linux counts CPU time for /proc in hundredths of a second, whatever the kernel's own tick is. */
const TICKS_PER_SECOND = 100;
/** Of the words of /proc/PID/stat behind the name of the program, as proc(5) has them: 14 and 15, from 3 on. */
const USER = 11;
const SYSTEM = 12;

export interface ProcessFigures {
  readonly cpuSeconds: number;
  readonly residentMb: number;
}

/** @throws Error when the process has ended. */
export function processFigures(pid: number): ProcessFigures {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const resident = /^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1];
  if (resident === undefined) throw new Error(`process ${pid} has ended`);
  return {
    cpuSeconds: (Number(words[USER]) + Number(words[SYSTEM])) / TICKS_PER_SECOND,
    residentMb: Number(resident) / 1_024,
  };
}
