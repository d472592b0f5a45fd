import { connect } from '../../protocol/client.ts';
import { NotReachable } from '../../protocol/errors.ts';
import type { ResultOf } from '../../protocol/methods.ts';
import { CLIENT_NAME } from '../connection.ts';
import type { Context } from '../context.ts';
import { table } from '../table.ts';

type Presets = Pick<ResultOf<'presets.list'>, 'presets'>;

/** `breakout presets`: what the daemon has, or, where none runs, what one would have that started now. */
export async function presets(context: Context): Promise<void> {
  const { output } = context;
  const result = (await fromDaemon(context)) ?? (await fromFolders(context));
  output.result(result, () => {
    const broken = result.presets.flatMap((preset) => preset.problems);
    const lines = table(
      [
        { title: 'preset', text: (p) => p.name },
        { title: 'strategy', text: (p) => p.strategy ?? '-' },
        { title: 'sides', text: (p) => p.sides ?? '-' },
        { title: 'from', text: (p) => p.origin },
        {
          title: 'what it is for',
          text: (p) => (p.description === null ? 'BROKEN' : firstSentence(p.description)),
          tone: (p) => (p.valid ? 'plain' : 'bad'),
        },
      ],
      result.presets,
      output.width,
      output.paint,
    );
    return broken.length === 0 ? lines : [...lines, '', ...broken];
  });
}

async function fromDaemon({ paths }: Context): Promise<Presets | null> {
  try {
    const client = await connect({ socketPath: paths.socketPath, client: CLIENT_NAME });
    try {
      return await client.call('presets.list');
    } finally {
      await client.close();
    }
  } catch (error) {
    if (error instanceof NotReachable) return null;
    throw error;
  }
}

async function fromFolders({ paths }: Context): Promise<Presets> {
  const { listPresets } = await import('../../config/preset-list.ts');
  return { presets: listPresets(paths.configDir) };
}

function firstSentence(text: string): string {
  return text.split(/(?<=\.) /)[0] ?? text;
}
