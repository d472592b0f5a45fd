import { listPresets } from '../../config/preset-list.ts';
import type { Connection } from '../connection.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { HandlerContext } from './context.ts';

export function presetHandlers({ paths }: HandlerContext): HandlersOf<'presets', Connection> {
  return {
    'presets.list': () => ({
      presets: listPresets(paths.configDir),
    }),
  };
}
