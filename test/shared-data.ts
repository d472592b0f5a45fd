/** Recorded candles and traffic that lie beside the project on some machines; tests of them are skipped elsewhere. */
import { resolve } from 'node:path';

/** From the folder that tests are run in, because they may have been compiled to another place. */
export const SHARED_DATA = resolve('..', 'shared', 'data');
