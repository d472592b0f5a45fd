/** What `breakout keys` shows to a person. */
import type { KeyCheck, KeyPlace } from '../session/live/key-check.ts';
import { plural } from './format.ts';
import type { Paint, Tone } from './style.ts';
import { block, hanging, table } from './table.ts';
import { clockWords } from './venue-words.ts';

const PLACES: Readonly<Record<KeyPlace['place'], string>> = {
  systemd: 'systemd credential',
  environment: 'environment',
  file: '0600 file',
};

const STATES: Readonly<Record<KeyPlace['state'], { readonly text: string; readonly tone: Tone }>> = {
  used: { text: 'used', tone: 'good' },
  hidden: { text: 'not used: a place above has keys', tone: 'warn' },
  none: { text: 'none', tone: 'dim' },
  unusable: { text: 'cannot be taken', tone: 'bad' },
};

export function placeLines(
  exchanges: readonly { readonly exchange: string; readonly places: readonly KeyPlace[] }[],
  paint: Paint,
  width: number,
): string[] {
  const rows = exchanges.flatMap(({ exchange, places }) => places.map((place) => ({ exchange, ...place })));
  return [
    ...table(
      [
        { title: 'exchange', text: ({ exchange }) => exchange, keep: true },
        { title: 'place', text: ({ place }) => PLACES[place], keep: true },
        {
          title: 'keys',
          text: ({ state }) => STATES[state].text,
          tone: ({ state }) => STATES[state].tone,
          keep: true,
        },
        { title: 'where', text: ({ where }) => where ?? 'none loaded for this process' },
      ],
      rows,
      width,
      paint,
    ),
    ...rows.flatMap(({ problem }) =>
      problem === null ? [] : hanging(`${paint('bad', 'wrong')}  `, problem, width),
    ),
  ];
}

export function checkLines(checks: readonly KeyCheck[], paint: Paint, width: number): string[] {
  return [
    ...checks.flatMap((check, i) => [...(i === 0 ? [] : ['']), ...oneCheck(check, paint, width)]),
    ...(checks.length > 1 ? ['', summary(checks)] : []),
  ];
}

function summary(checks: readonly KeyCheck[]): string {
  const fit = checks.filter(({ ok }) => ok).length;
  return `${fit} of ${plural(checks.length, 'exchange')} fit for a live start`;
}

function oneCheck(check: KeyCheck, paint: Paint, width: number): string[] {
  const { clock, key, account, valid } = check;
  const asked = valid !== null;
  const pairs: (readonly [string, string])[] = [
    [check.exchange, about(check)],
    ['keys', source(check, paint)],
    ['key', valid === null ? 'not asked' : valid ? paint('good', 'good') : paint('bad', 'refused')],
  ];
  if (key !== null)
    pairs.push(
      ['rights', rights(key, paint)],
      ['expires', expiry(key.expires)],
      ['addresses', addresses(key)],
    );
  if (valid === true) {
    if (check.type === 'linear')
      pairs.push(
        ['position mode', check.positionMode ?? 'the exchange does not tell'],
        ['margin mode', check.marginMode ?? 'the exchange does not tell'],
      );
    pairs.push(['free', check.free === null ? 'not told' : `${check.free} ${check.quote}`]);
  }
  if (clock !== null) pairs.push(['clock', clockWords(clock)]);
  if (account !== null) pairs.push(['account', `${account} (as --confirm takes it)`]);
  pairs.push([
    'live start',
    check.ok
      ? paint('good', 'nothing stands against it')
      : paint('bad', asked ? 'would be refused' : 'not possible'),
  ]);
  return [
    ...block(pairs, paint, width),
    ...check.findings.flatMap(({ level, code, message, mend }) => [
      ...hanging(
        `${paint(level === 'warn' ? 'warn' : 'bad', level.padEnd(6))}  `,
        `${message} (${code})`,
        width,
      ),
      ...hanging(`        ${paint('dim', 'fix:')} `, mend, width),
    ]),
  ];
}

function about({ environment, type, quote, address }: KeyCheck): string {
  const place = environment === 'test' ? 'test environment, play money' : 'real money';
  const at = address === null ? '' : `, reached at ${address}`;
  return `${place}, ${type === 'spot' ? 'spot' : 'linear perpetuals'} in ${quote}${at}`;
}

function source({ places }: KeyCheck, paint: Paint): string {
  const found = places.find(({ state }) => state === 'used');
  if (found === undefined)
    return paint('bad', places.some(({ problem }) => problem !== null) ? 'cannot be taken' : 'none');
  const kept = found.place === 'file' ? ', mode and owner are right' : '';
  return `${PLACES[found.place]}: ${found.where ?? '-'}${kept}`;
}

function rights({ mayTrade, mayWithdraw }: NonNullable<KeyCheck['key']>, paint: Paint): string {
  const trade = mayTrade === null ? 'trade: not told' : mayTrade ? 'trade' : paint('bad', 'no trade');
  const withdraw =
    mayWithdraw === null ? 'withdraw: not told' : mayWithdraw ? paint('bad', 'WITHDRAW') : 'no withdrawal';
  return `read, ${trade}, ${withdraw}`;
}

/** Keys that never end are written with a date of long ago. */
function expiry(expires: string | null): string {
  if (expires === null) return 'the exchange does not tell';
  return Date.parse(expires) > 0 ? expires : 'never';
}

function addresses({ boundToAddresses }: NonNullable<KeyCheck['key']>): string {
  if (boundToAddresses === null) return 'the exchange does not tell';
  return boundToAddresses ? 'bound to some' : 'good from any address';
}
