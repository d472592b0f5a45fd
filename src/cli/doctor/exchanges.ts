/** Exchanges that are set up: where their keys are, and, where somebody asks for it, what the exchange says of them. */
import { ConfigError } from '../../config/config-error.ts';
import { type CredentialPlaces, credentialPlaces, exchangesWithKeys } from '../../config/credentials.ts';
import type { Settings } from '../../config/settings-schema.ts';
import type { KeyCheck } from '../../session/live/key-check.ts';
import { type Finding, fail, pass, warn } from './finding.ts';

/** Those that the settings name, and those that have keys, sorted. */
export function exchangesSetUp(
  { exchanges }: Pick<Settings, 'exchanges'>,
  places: Omit<CredentialPlaces, 'exchange'>,
): string[] {
  return [...new Set([...Object.keys(exchanges), ...exchangesWithKeys(places)])].sort();
}

/** No exchange is asked. `keys`: there are some that can be taken. */
export function checkExchange(
  places: CredentialPlaces,
  settings: Settings['exchanges'][string] | undefined,
): { readonly finding: Finding; readonly keys: boolean } {
  const check = `exchange ${places.exchange}`;
  const where = settings?.sandbox === true ? 'test environment' : 'real money';
  try {
    for (const { place, where: at, read } of credentialPlaces(places)) {
      const found = read();
      if (found === null) continue;
      const kept = place === 'file' ? ', for its owner alone' : '';
      const from = place === 'file' ? at : found.source;
      return { finding: pass(check, `${where}; keys from ${from}${kept}; not asked`), keys: true };
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const mend =
      /: (ch(?:mod|own) .*)$/.exec(error.message)?.[1] ?? 'mend it; `breakout keys list` shows all places';
    return { finding: fail(check, error.message, mend), keys: false };
  }
  const found = `${where}; no keys: paper alone (\`breakout keys --help\` says where keys belong)`;
  return { finding: pass(check, found), keys: false };
}

/** @param check what the exchange has said. */
export function askedExchange(check: KeyCheck): Finding {
  const name = `exchange ${check.exchange}`;
  const [worst] = [...check.findings].sort((a, b) => Number(a.level === 'warn') - Number(b.level === 'warn'));
  if (worst === undefined)
    return pass(name, `fit for a live start on account ${check.account ?? check.exchange}`);
  const problems = check.findings.map(({ message, code }) => `${message} (${code})`);
  return worst.level === 'warn'
    ? {
        ...warn(name, `fit for a live start on account ${check.account ?? check.exchange}`, worst.mend),
        problems,
      }
    : fail(name, 'a live start would be refused', worst.mend, problems);
}
