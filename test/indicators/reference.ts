import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { init } from 'talib-web';

/** What is used of the WebAssembly module that the package loads. */
interface Module {
  readonly HEAPF64: Float64Array;
  readonly HEAP32: Int32Array;
  _malloc(bytes: number): number;
  _free(address: number): void;
  ccall(name: string, result: 'number', argumentTypes: 'number'[], values: number[]): number;
}

let loaded: Module | undefined;

/** Loads TA-Lib's WebAssembly; in Node the package takes it as a data address alone. */
export async function loadTalib(): Promise<void> {
  const file = createRequire(import.meta.url).resolve('talib-web/lib/talib.wasm');
  loaded = await init(`data:application/wasm;base64,${readFileSync(file).toString('base64')}`);
}

/**
 * Calls a function of TA-Lib's C interface over whole columns; returns its outputs with each value at its bar
 * and NaN before the first. The package's own wrappers are not used: they ask for one bar more than there is
 * and give the same address for the two results that say where the output begins and how long it is, which
 * spoils the bands.
 */
function call(name: string, inputs: number[][], options: number[], outputs = 1): number[][] {
  const module = loaded;
  assert(module, 'TA-Lib is not loaded');
  const length = inputs[0]?.length ?? 0;
  const addresses: number[] = [];
  const allocate = (bytes: number): number => {
    const address = module._malloc(bytes);
    assert.notEqual(address, 0, 'TA-Lib has no memory left');
    addresses.push(address);
    return address;
  };
  try {
    const where = allocate(8);
    const inputAddresses = inputs.map(() => allocate(8 * length));
    const outputAddresses = Array.from({ length: outputs }, () => allocate(8 * length));
    for (const [i, address] of inputAddresses.entries()) module.HEAPF64.set(inputs[i] ?? [], address / 8);
    const values = [0, length - 1, ...inputAddresses, ...options, where, where + 4, ...outputAddresses];
    const types = values.map((): 'number' => 'number');
    assert.equal(module.ccall(`TA_${name}`, 'number', types, values), 0, `TA_${name} failed`);
    const begin = module.HEAP32[where / 4] ?? 0;
    const count = module.HEAP32[where / 4 + 1] ?? 0;
    return outputAddresses.map((address) => [
      ...new Array<number>(begin).fill(Number.NaN),
      ...module.HEAPF64.subarray(address / 8, address / 8 + count),
    ]);
  } finally {
    for (const address of addresses) module._free(address);
  }
}

function callOne(name: string, inputs: number[][], options: number[]): number[] {
  const [output] = call(name, inputs, options);
  assert(output);
  return output;
}

export const sma = (values: number[], period: number) => callOne('SMA', [values], [period]);
export const ema = (values: number[], period: number) => callOne('EMA', [values], [period]);
export const sum = (values: number[], period: number) => callOne('SUM', [values], [period]);
export const max = (values: number[], period: number) => callOne('MAX', [values], [period]);
export const min = (values: number[], period: number) => callOne('MIN', [values], [period]);
export const rocp = (values: number[], period: number) => callOne('ROCP', [values], [period]);
export const obv = (close: number[], volume: number[]) => callOne('OBV', [close, volume], []);
export const atr = (high: number[], low: number[], close: number[], period: number) =>
  callOne('ATR', [high, low, close], [period]);

/** The power of two that brings the largest of the values into [2^9, 2^10): scaling by it rounds nothing. */
function scaleOf(values: number[]): number {
  const largest = Math.max(...values.map(Math.abs));
  return largest === 0 ? 1 : 2 ** (9 - Math.floor(Math.log2(largest)));
}

/** The values moved by the first of them and scaled: what bands and correlations let one do. */
function prepared(values: number[]): { base: number; scale: number; scaled: number[] } {
  const base = values[0] ?? Number.NaN;
  const moved = values.map((x) => x - base);
  const scale = scaleOf(moved);
  return { base, scale, scaled: moved.map((x) => x * scale) };
}

/**
 * TA-Lib's bands over one window of closes. It takes a variance as the difference of two running sums of
 * squares, which at a price of 60,000 leaves few digits of a narrow band, and calls a tiny variance zero, which
 * at a price of 0.000001 every variance is. So it is asked about one window at a time, with the same prices
 * moved and scaled, and its answer is moved back: bands move and scale with their prices.
 */
export function bollinger(window: number[], deviations: number) {
  const { base, scale, scaled } = prepared(window);
  const bands = call('BBANDS', [scaled], [window.length, deviations, deviations, 0], 3);
  const [upper = Number.NaN, middle = Number.NaN, lower = Number.NaN] = bands.map((band) => band.at(-1));
  return {
    upper: base + upper / scale,
    middle: base + middle / scale,
    lower: base + lower / scale,
    width: (upper - lower) / scale / (base + middle / scale),
  };
}

/** TA-Lib's correlation over one window, asked in the same way as the bands: it has neither place nor scale. */
export function correlation(x: number[], y: number[]): number {
  return callOne('CORREL', [prepared(x).scaled, prepared(y).scaled], [x.length]).at(-1) ?? Number.NaN;
}
