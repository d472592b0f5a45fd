/**
 * The twelve states of the engine and the whole of its transition graph. One table: what is not in it
 * cannot happen. It is the graph of the control document that the project was born from.
 */
import type { Codes } from '../archive/archive.ts';

export const STATES = [
  'IDLE',
  'INITIALIZING',
  'SCANNING',
  'LEVEL_BUILDING',
  'SIGNAL_WAIT',
  'SIZING',
  'EXECUTION',
  'MANAGING',
  'PAUSED',
  'ERROR',
  'EMERGENCY',
  'STOPPED',
] as const;

export type EngineState = (typeof STATES)[number];

/** As they are stored. */
export const STATE_CODES: Codes<EngineState> = {
  IDLE: 0,
  INITIALIZING: 1,
  SCANNING: 2,
  LEVEL_BUILDING: 3,
  SIGNAL_WAIT: 4,
  SIZING: 5,
  EXECUTION: 6,
  MANAGING: 7,
  PAUSED: 8,
  ERROR: 9,
  EMERGENCY: 10,
  STOPPED: 11,
};

export const TRANSITIONS: Readonly<Record<EngineState, readonly EngineState[]>> = {
  IDLE: ['INITIALIZING', 'SCANNING', 'STOPPED', 'ERROR'],
  INITIALIZING: ['SCANNING', 'ERROR', 'EMERGENCY', 'STOPPED'],
  SCANNING: ['LEVEL_BUILDING', 'MANAGING', 'PAUSED', 'ERROR', 'EMERGENCY', 'STOPPED'],
  LEVEL_BUILDING: ['SIGNAL_WAIT', 'SCANNING', 'ERROR', 'EMERGENCY', 'STOPPED'],
  SIGNAL_WAIT: ['SIZING', 'MANAGING', 'SCANNING', 'PAUSED', 'ERROR', 'EMERGENCY', 'STOPPED'],
  SIZING: ['EXECUTION', 'SCANNING', 'ERROR', 'EMERGENCY', 'STOPPED'],
  EXECUTION: ['MANAGING', 'SCANNING', 'ERROR', 'EMERGENCY', 'STOPPED'],
  MANAGING: ['SCANNING', 'MANAGING', 'PAUSED', 'ERROR', 'EMERGENCY', 'STOPPED'],
  PAUSED: ['SCANNING', 'MANAGING', 'IDLE', 'ERROR', 'EMERGENCY', 'STOPPED'],
  ERROR: ['SCANNING', 'MANAGING', 'IDLE', 'EMERGENCY', 'STOPPED'],
  EMERGENCY: ['STOPPED', 'IDLE'],
  STOPPED: ['IDLE', 'INITIALIZING'],
};

export function canTransition(from: EngineState, to: EngineState): boolean {
  return TRANSITIONS[from].includes(to);
}
