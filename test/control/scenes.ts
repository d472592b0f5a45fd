/** A daemon on its socket with an engine in each state in which it can rest, and in the situations that matter beside. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { ControlServer } from '../../src/daemon/control-server.ts';
import { Engine } from '../../src/engine/engine.ts';
import type { EngineState } from '../../src/engine/state.ts';
import type { Instrument } from '../../src/market/instrument.ts';
import type { SessionHost } from '../../src/session/host.ts';
import type { SessionHostOptions } from '../../src/session/host-options.ts';
import { Lockstep } from '../../src/session/lockstep.ts';
import { onEnd, serve } from '../daemon/support.ts';
import { ABOVE, BOX, PERP, type PresetChange, permissive } from '../engine/rig.ts';
import { Asker, listOf } from './asker.ts';
import { HandVenue } from './hand-venue.ts';

/** About 8 ms of wall time a candle. */
const SPEED = 37_500;

const PRESETS: Readonly<Record<string, PresetChange>> = {
  /** Takes one position at a time. */
  box: { risk: { max_open_positions: 1 } },
  two: { risk: { max_open_positions: 2 } },
  /** No market has such a volume. */
  unmet: { liquidity_filters: { min_24h_volume: 1e12 } },
  /** Candidates, and no level that is good enough. */
  bare: { levels: { min_strength: 1, min_touches: 10 } },
  resting: { entry: { policy: 'stop' }, risk: { max_open_positions: 1 } },
  /** One loss is enough to halt. */
  keeping: { risk: { max_open_positions: 1, losing_streak_limit: 1, on_halt: 'keep' } },
  closing: { risk: { max_open_positions: 1, losing_streak_limit: 1, on_halt: 'flatten' } },
  daily: { risk: { max_open_positions: 1, daily_loss_limit: 0.005, on_halt: 'flatten' } },
};
export type PresetName = 'box' | 'two' | 'unmet' | 'bare' | 'resting' | 'keeping' | 'closing' | 'daily';

export const startParams = (preset: PresetName, more: object = {}) => ({ preset, speed: SPEED, ...more });

export interface StageOptions extends SessionHostOptions {
  readonly instruments?: readonly Instrument[];
}

/** A daemon whose venue is played by hand, and a client of it that sees everything announced. */
export class Stage {
  readonly ann: Asker;
  readonly venue: HandVenue;
  readonly host: SessionHost;
  readonly server: ControlServer;
  readonly socketPath: string;
  readonly #sessions: readonly Lockstep[];

  private constructor(
    parts: Pick<Stage, 'ann' | 'venue' | 'host' | 'server' | 'socketPath'>,
    sessions: readonly Lockstep[],
  ) {
    this.ann = parts.ann;
    this.venue = parts.venue;
    this.host = parts.host;
    this.server = parts.server;
    this.socketPath = parts.socketPath;
    this.#sessions = sessions;
  }

  static async open(t: TestContext, options: StageOptions = {}): Promise<Stage> {
    const { instruments, ...hostOptions } = options;
    const venue = new HandVenue(instruments);
    const sessions: Lockstep[] = [];
    const { open } = Lockstep.prototype;
    t.mock.method(Lockstep.prototype, 'open', function (this: Lockstep) {
      sessions.push(this);
      open.call(this);
    });
    const { paths, ...served } = await serve(
      t,
      { rates: { read: BOUNDLESS, control: BOUNDLESS } },
      { open: async () => venue.open, ...hostOptions },
    );
    const folder = join(paths.configDir, 'presets');
    mkdirSync(folder, { recursive: true });
    for (const [name, change] of Object.entries(PRESETS)) {
      writeFileSync(join(folder, `${name}.json`), JSON.stringify(permissive({ name, ...change })));
    }
    writeFileSync(join(folder, 'broken.json'), '{"name":"broken"}');
    const ann = await Asker.open(t, served.socketPath);
    onEnd(t, () => venue.release());
    return new Stage({ ann: await ann.watch(), venue, ...served }, sessions);
  }

  async start(preset: PresetName, more: object = {}): Promise<void> {
    await this.ann.well('engine.start', startParams(preset, more));
  }

  /** Until the engine has come into a state from now on, or is in it. */
  async until(state: EngineState): Promise<void> {
    const from = this.ann.events.length;
    if ((await this.ann.state()) === state) return;
    await this.ann.seen((event) => event.type === 'state' && event.to === state, from);
  }

  /** Breaks the box upwards, again after a round of it where no level was armed above, until an entry is sent. */
  async breakOut(symbol = 0): Promise<void> {
    for (;;) {
      const from = this.ann.events.length;
      this.venue.closeAt(ABOVE, symbol);
      let scans = 0;
      const { type } = await this.ann.seen((event) => {
        if (event.type === 'scan') scans += 1;
        return scans > BOX.period || (event.type === 'state' && event.to === 'EXECUTION');
      }, from);
      if (type === 'state') return;
    }
  }

  /** A position held and protected. */
  async hold(preset: PresetName): Promise<void> {
    await this.start(preset);
    await this.until('SIGNAL_WAIT');
    await this.breakOut();
    await this.ann.seen((event) => event.type === 'position' && event.change === 'protected');
    await this.until('MANAGING');
  }

  /** The stop of the position fills. */
  async lose(): Promise<void> {
    const { orders } = await this.ann.well('orders.list');
    const stop = listOf(orders).find((order) => order.purpose === 'stop');
    assert.ok(typeof stop?.id === 'number', JSON.stringify(orders));
    this.venue.fill({ id: stop.id });
  }

  /** The account is found to hold what no order of the bot's explains. */
  findForeign(): void {
    const { engine } = this.host;
    assert.ok(engine instanceof Engine);
    engine.apply({
      kind: 'reconciliation',
      at: engine.status().at ?? this.venue.startsAt,
      findings: [{ code: 'FOREIGN_POSITION', symbol: PERP.symbol, message: 'bought by hand' }],
      foreign: [{ symbol: PERP.symbol, quantity: '5', price: '100', orders: 0 }],
    });
  }

  /** An entry that the venue says nothing of. */
  async enter(): Promise<void> {
    this.venue.answers.entry = 'silent';
    this.venue.answers.cancel = 'silent';
    await this.start('box');
    await this.until('SIGNAL_WAIT');
    await this.breakOut();
  }

  /** The session of the last start. */
  get lockstep(): Lockstep {
    return this.#sessions.at(-1) ?? assert.fail('nothing was started');
  }

  async client(t: TestContext, name: string): Promise<Asker> {
    return Asker.open(t, this.socketPath, name);
  }
}

const BOUNDLESS = { perSecond: 1e9, burst: 1e9 };

interface Scene {
  /** What engine.status says there. */
  readonly state: EngineState;
  readonly set: (stage: Stage) => Promise<unknown>;
}

/** Asks for what the venue will leave unanswered; how it ends is of no matter. */
const leaveAsked = async (stage: Stage, ...asked: Parameters<Asker['ask']>): Promise<void> => {
  void stage.ann.ask(...asked);
  await stage.ann.state();
};

const ended = (stage: Stage) =>
  stage.ann.seen((event) => event.type === 'session' && event.change === 'ended');

export const SCENES = {
  'never started': { state: 'IDLE', set: async () => undefined },
  'scanning, nothing passes': {
    state: 'SCANNING',
    set: async (stage) => {
      await stage.start('unmet');
      await stage.ann.seen((event) => event.type === 'scan');
    },
  },
  'waiting for a signal': {
    state: 'SIGNAL_WAIT',
    set: async (stage) => {
      await stage.start('box');
      await stage.until('SIGNAL_WAIT');
    },
  },
  'entry order out': { state: 'EXECUTION', set: (stage) => stage.enter() },
  'position open': { state: 'MANAGING', set: (stage) => stage.hold('box') },
  paused: {
    state: 'PAUSED',
    set: async (stage) => {
      await stage.start('box');
      await stage.ann.well('engine.pause', { reason: 'lunch' });
    },
  },
  'paused with a position': {
    state: 'PAUSED',
    set: async (stage) => {
      await stage.hold('box');
      await stage.ann.well('engine.pause', { reason: 'lunch' });
    },
  },
  halted: {
    state: 'PAUSED',
    set: async (stage) => {
      await stage.hold('keeping');
      await stage.lose();
      await stage.until('PAUSED');
    },
  },
  'halted and flattened': {
    state: 'STOPPED',
    set: async (stage) => {
      await stage.hold('closing');
      await stage.lose();
      await stage.until('STOPPED');
    },
  },
  'venue broken': {
    state: 'ERROR',
    set: async (stage) => {
      await stage.start('box');
      stage.venue.broken = new Error('the venue is gone');
      await ended(stage);
    },
  },
  'venue broken with a position': {
    state: 'ERROR',
    set: async (stage) => {
      await stage.hold('box');
      stage.venue.broken = new Error('the venue is gone');
      await ended(stage);
    },
  },
  'failed, venue still there': {
    state: 'ERROR',
    set: async (stage) => {
      await stage.start('box');
      stage.lockstep.fault('the disk is full');
    },
  },
  'failed with a position, venue still there': {
    state: 'ERROR',
    set: async (stage) => {
      await stage.hold('box');
      stage.lockstep.fault('the disk is full');
    },
  },
  'emergency, not flat yet': {
    state: 'EMERGENCY',
    set: async (stage) => {
      await stage.hold('box');
      stage.venue.answers.exit = 'silent';
      await leaveAsked(stage, 'engine.emergencyStop', { reason: 'fire' });
    },
  },
  'emergency over a pause': {
    state: 'EMERGENCY',
    set: async (stage) => {
      await stage.hold('box');
      await stage.ann.well('engine.pause', { reason: 'lunch' });
      stage.venue.answers.exit = 'silent';
      await leaveAsked(stage, 'engine.emergencyStop', { reason: 'fire' });
    },
  },
  'emergency over': {
    state: 'STOPPED',
    set: async (stage) => {
      await stage.hold('box');
      await stage.ann.well('engine.emergencyStop', { reason: 'fire' });
    },
  },
  'stop under way': {
    state: 'EXECUTION',
    set: async (stage) => {
      await stage.enter();
      await leaveAsked(stage, 'engine.stop', {});
    },
  },
  'stopped, position left': {
    state: 'IDLE',
    set: async (stage) => {
      await stage.hold('box');
      await stage.ann.well('engine.stop', {});
    },
  },
  'stopped, position being closed': {
    state: 'IDLE',
    set: async (stage) => {
      await stage.hold('box');
      await stage.ann.well('engine.stop', {});
      stage.venue.answers.exit = 'silent';
      await leaveAsked(stage, 'engine.stop', { flatten: true });
    },
  },
  'session ended flat': {
    state: 'IDLE',
    set: async (stage) => {
      await stage.start('box');
      await stage.ann.well('engine.stop', {});
      await ended(stage);
    },
  },
  'recording ended, position left': {
    state: 'IDLE',
    set: async (stage) => {
      await stage.hold('box');
      stage.venue.over = true;
      await ended(stage);
    },
  },
  'idle over a foreign position': { state: 'IDLE', set: async (stage) => stage.findForeign() },
  'paused over a foreign position': {
    state: 'PAUSED',
    set: async (stage) => {
      await stage.start('box');
      stage.findForeign();
    },
  },
} as const satisfies Record<string, Scene>;

export type SceneName = keyof typeof SCENES;
export const SCENE_NAMES: readonly SceneName[] = Object.keys(SCENES).filter(isSceneName);

function isSceneName(name: string): name is SceneName {
  return Object.hasOwn(SCENES, name);
}

export async function scene(t: TestContext, name: SceneName, options: StageOptions = {}): Promise<Stage> {
  const stage = await Stage.open(t, options);
  await SCENES[name].set(stage);
  assert.equal(await stage.ann.state(), SCENES[name].state, name);
  return stage;
}
