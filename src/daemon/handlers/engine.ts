import { loadPreset } from '../../config/presets.ts';
import type { Connection } from '../connection.ts';
import type { HandlersOf } from '../dispatcher.ts';
import { done, type HandlerContext } from './context.ts';
import { metricsOf, statusOf } from './views.ts';

export function engineHandlers({ host, paths, reload }: HandlerContext): HandlersOf<'engine', Connection> {
  return {
    'engine.status': () => statusOf(host),
    'engine.start': async ({ preset, from, to, ...request }, { peer }) => {
      const message = await host.start(
        {
          ...request,
          preset: loadPreset(preset, paths.configDir),
          from: from === undefined ? undefined : Date.parse(from),
          to: to === undefined ? undefined : Date.parse(to),
        },
        peer.client,
      );
      return { ...done(message), warnings: [...host.warnings] };
    },
    'engine.stop': async ({ flatten }, { peer }) =>
      done(await host.command({ name: 'stop', flatten }, peer.client)),
    'engine.pause': async ({ reason }, { peer }) =>
      done(await host.command({ name: 'pause', reason }, peer.client)),
    'engine.resume': async (_, { peer }) => done(await host.command({ name: 'resume' }, peer.client)),
    'engine.emergencyStop': async ({ reason }, { peer }) =>
      done(await host.command({ name: 'emergencyStop', reason }, peer.client)),
    'engine.reset': async ({ reason }, { peer }) =>
      done(await host.command({ name: 'reset', reason }, peer.client)),
    'engine.retry': async (_, { peer }) => done(await host.command({ name: 'retry' }, peer.client)),
    'engine.reload': (_, { peer }) => done(reload(peer.client)),
    'engine.commands': () => ({ commands: host.commands() }),
    'engine.metrics': () => metricsOf(host),
    'engine.transitions': ({ since, limit }) => ({ transitions: host.transitions(since, limit) }),
  };
}
