/**
 * A view is open all day, and most of what it allocates is dead within seconds. Left to itself V8 makes room for that
 * before it cleans up: tens of megabytes in which nothing lives, more with every minute up to a bound of its own, and
 * several times as many from Node 24 on. It is to clean up sooner: both settings are looked at whenever it thinks of
 * taking more room, so they hold from here on, and what was taken before is given back by and by.
 */
import { setFlagsFromString } from 'node:v8';

const SETTINGS = [
  // The room for new objects stays as large as it is.
  '--semi-space-growth-factor=1',
  // The room for those that lived on grows by a few megabytes before it is looked through again.
  '--optimize-for-size',
] as const;

/** For the whole process, and for good: to be called before the view is loaded, which already takes room. */
export function keepHeapSmall(): void {
  for (const setting of SETTINGS) setFlagsFromString(setting);
}
