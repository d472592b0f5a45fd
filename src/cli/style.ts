/** Colour, only ever beside a word that says the same. */
export type Tone = 'plain' | 'good' | 'bad' | 'warn' | 'dim' | 'strong';

export type Paint = (tone: Tone, text: string) => string;

const SGR: Readonly<Record<Tone, readonly [string, string]>> = {
  plain: ['', ''],
  good: ['\u001b[32m', '\u001b[39m'],
  bad: ['\u001b[31m', '\u001b[39m'],
  warn: ['\u001b[33m', '\u001b[39m'],
  dim: ['\u001b[2m', '\u001b[22m'],
  strong: ['\u001b[1m', '\u001b[22m'],
};

/** Paints on a terminal, and never under NO_COLOR or on a dumb terminal. */
export function painter(isTerminal: boolean, env: NodeJS.ProcessEnv): Paint {
  const on = isTerminal && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
  return (tone, text) => {
    const [open, close] = SGR[tone];
    return on && text !== '' ? `${open}${text}${close}` : text;
  };
}
