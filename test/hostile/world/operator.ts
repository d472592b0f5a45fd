/** What a person at the controls asks for, at random but with some sense. */
import type { Preset } from '../../../src/config/preset.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import type { Command } from '../../../src/engine/input.ts';
import type { Dice } from './dice.ts';

export function nextCommand(
  dice: Dice,
  engine: Pick<Engine, 'status' | 'positions' | 'orders' | 'foreign' | 'account'>,
  preset: Preset,
): Command {
  const { state, pausedBy, haltedBy } = engine.status();
  const foreign = engine.foreign().filter(({ decision }) => decision === null);
  const first = foreign[0];
  if (first !== undefined && dice.chance(0.7))
    return { name: dice.chance(0.4) ? 'adopt' : 'ignore', symbol: first.symbol };
  if ((state === 'IDLE' || state === 'STOPPED') && dice.chance(0.8)) {
    if (haltedBy !== null && dice.chance(0.7)) return { name: 'reset', reason: 'looked into it' };
    const account = engine.account() === null ? 'fresh' : 'continue';
    return { name: 'start', preset, mode: 'paper', equity: '10000', account };
  }
  if (state === 'ERROR' && dice.chance(0.8)) return { name: 'retry' };
  if (pausedBy !== null && dice.chance(0.7)) return { name: 'resume' };
  if (haltedBy !== null && dice.chance(0.5)) return { name: 'reset', reason: 'looked into it' };
  switch (dice.whole(0, 9)) {
    case 0:
    case 1:
      return { name: 'pause', reason: 'lunch' };
    case 2:
      return { name: 'resume' };
    case 3:
      return { name: 'stop', flatten: false };
    case 4:
      return { name: 'stop', flatten: true };
    case 5:
      return { name: 'emergencyStop', reason: 'fire' };
    case 6:
    case 7:
      return { name: 'closePosition', tradeId: engine.positions()[0]?.tradeId ?? 1 };
    case 8:
      return { name: 'cancelOrder', orderId: engine.orders().at(-1)?.id ?? 1 };
    default:
      return { name: 'retry' };
  }
}
