import { presetHash } from '../../config/preset-hash.ts';
import { listPresets, showPreset } from '../../config/preset-list.ts';
import { checkPreset } from '../../config/preset-problems.ts';
import { parseJson } from '../../config/read-json.ts';
import { redactText } from '../../telemetry/secrets.ts';
import type { Connection } from '../connection.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { HandlerContext } from './context.ts';

/** A problem repeats what was found. */
const withoutSecrets = <P extends { readonly path: string; readonly found: string }>(problem: P): P => ({
  ...problem,
  path: redactText(problem.path),
  found: redactText(problem.found),
});

export function presetHandlers({ paths }: HandlerContext): HandlersOf<'presets', Connection> {
  return {
    'presets.list': () => ({
      presets: listPresets(paths.configDir).map((preset) => ({
        ...preset,
        description: preset.description === null ? null : redactText(preset.description),
        problems: preset.problems.map(redactText),
      })),
    }),
    'presets.get': ({ name }) => {
      const { preset, ...told } = showPreset(name, paths.configDir);
      return { ...told, preset: { ...preset } };
    },
    'presets.validate': ({ preset, text }) => {
      const read = text === undefined ? { value: preset } : parseJson(text);
      const checked = 'problems' in read ? read : checkPreset(read.value);
      return 'problems' in checked
        ? { valid: false, hash: null, problems: checked.problems.map(withoutSecrets) }
        : { valid: true, hash: presetHash(checked.preset), problems: [] };
    },
  };
}
