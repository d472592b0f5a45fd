/**
 * What must never be written out, whatever text it turns up in: the values that were registered as secrets, and what
 * looks like one. Text that a person typed can be caught by nothing else.
 */

export const REDACTED = '[redacted]';

/** A shorter value would be found in half of all words. It is still hidden under the name of its key. */
const SHORTEST = 4;

/** Names that announce a secret in running text: `apiKey=…`, `"secret": "…"`, `X-MBX-APIKEY: …`. */
const NAME =
  '[\\w.-]{0,40}(?:api[-_]?key|access[-_]?key|private[-_]?key|api[-_]?sign|secret|passw(?:or)?d|passphrase|token|authorization|signature|credential|mnemonic|cookie)[\\w.-]{0,40}';

/** A quote as it stands in text, in JSON, and in JSON within JSON. */
const QUOTE = '\\\\*["\']';

type Rule = readonly [pattern: RegExp, replacement: string];

const PATTERNS: readonly Rule[] = [
  [
    /-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY-----[\s\S]*?(?:-----END (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY-----|$)/g,
    '[redacted private key]',
  ],
  [/\b(bearer)\s+[\w.~+/=-]{6,}/gi, `$1 ${REDACTED}`],
  [/\b(basic)\s+[A-Za-z0-9+/]{12,}={0,2}/gi, `$1 ${REDACTED}`],
  // A JSON web token, wherever it stands.
  [/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, REDACTED],
  // https://user:password@host
  [/(\b[a-z][a-z0-9+.-]{1,30}:\/\/)[^\s/@]{1,400}@/gi, `$1${REDACTED}@`],
  [
    new RegExp(
      `((?:${QUOTE})?\\b${NAME}(?:${QUOTE})?\\s*[=:]\\s*)(?:(${QUOTE})(?:(?!\\2)[\\s\\S])*(?:\\2|$)|(?!\\[redacted)[^\\s&,;"'}\\])]+)`,
      'gi',
    ),
    `$1${REDACTED}`,
  ],
];

/** A text without any of the names has nothing that the patterns could find. */
const MAY_MATCH =
  /key|sign|secret|passw|passphrase|token|authorization|credential|mnemonic|cookie|bearer|basic|eyJ|@/i;

const registered = new Set<string>();
let values: RegExp | null = null;

/**
 * From now on `value` is written nowhere, nor is it in its usual disguises: URL-encoded, in base64, in JSON. It holds
 * for the whole process and for its life.
 * @returns false for a value under four characters: only the name of its key can hide it.
 */
export function registerSecret(value: string): boolean {
  const whole = value.trim();
  if (whole.length < SHORTEST) return false;
  for (const form of formsOf(whole)) registered.add(form);
  // The longest first: a value may be a part of its disguise.
  const forms = [...registered].sort((a, b) => b.length - a.length);
  values = new RegExp(forms.map(escaped).join('|'), 'g');
  return true;
}

function formsOf(value: string): string[] {
  const bytes = Buffer.from(value);
  const base64 = bytes.toString('base64').replace(/=+$/, '');
  const lines = value.includes('\n') ? value.split('\n').filter((line) => line.length >= 16) : [];
  return [
    value,
    encodeURIComponent(value),
    JSON.stringify(value).slice(1, -1),
    base64,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
    bytes.toString('hex'),
    // A multi-line key may be quoted line by line.
    ...lines,
  ];
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The text without registered secrets and without what looks like one. */
export function redactText(text: string): string {
  const known = values === null ? text : text.replace(values, REDACTED);
  if (!MAY_MATCH.test(known)) return known;
  let clean = known;
  for (const [pattern, replacement] of PATTERNS) clean = clean.replace(pattern, replacement);
  return clean;
}

const SECRET_KEY =
  /apikey|accesskey|privatekey|secret|passw(?:or)?d|passphrase|token|authorization|signature|apisign|credential|mnemonic|seedphrase|cookie|bearer|jwt|otp$/;

const EXACT_KEYS: ReadonlySet<string> = new Set(['auth', 'pwd', 'pass', 'sign', 'pin']);

/** `apiKey`, `API_SECRET`, `x-mbx-apikey`, `walletPrivateKeys`: what stands under such a key is not written. */
export function isSecretKey(key: string): boolean {
  const plain = key.toLowerCase().replace(/[^a-z0-9]/g, '');
  return EXACT_KEYS.has(plain) || SECRET_KEY.test(plain);
}
