import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DataError } from '../../../src/venue/replay/data-error.ts';
import { completeInstrument } from '../../../src/venue/replay/instruments-file.ts';
import { openRecording } from '../../../src/venue/replay/open-recording.ts';
import { csv, folderWith, row } from './fixtures.ts';

describe('instruments of recorded candles', () => {
  it('what the file says is taken, and only what is missing is assumed and said so', async (t) => {
    const folder = folderWith(t, {
      'BTCUSDT-5m.csv': csv([row(0, '10.5,12,9,11,0.001')]),
      'ETHBTC-5m.csv': csv([row(0, '9.9e-7,9.9e-7,9.9e-7,9.9e-7,12')]),
      'instruments.json': JSON.stringify({
        BTCUSDT: {
          tick: '0.05',
          lot: '0.00001',
          minNotional: '10',
          type: 'spot',
          base: 'BTC',
          quote: 'USDT',
          makerFee: -0.0001,
          takerFee: 0.001,
        },
        ETHBTC: { type: 'spot' },
        NOTHERE: { tick: '1' },
      }),
    });
    const recording = await openRecording({ folder });
    assert.deepEqual(recording.instruments, [
      {
        symbol: 'BTCUSDT',
        base: 'BTC',
        quote: 'USDT',
        type: 'spot',
        tick: '0.05',
        lot: '0.00001',
        minNotional: '10',
        makerFee: -0.0001,
        takerFee: 0.001,
      },
      {
        symbol: 'ETHBTC',
        base: 'ETH',
        quote: 'BTC',
        type: 'spot',
        tick: '0.00000001',
        lot: '1',
        minNotional: '5',
        makerFee: 0.0002,
        takerFee: 0.00055,
      },
    ]);
    assert.deepEqual(recording.assumed, [
      'ETHBTC: tick 0.00000001 (from its prices), lot 1 (from its volumes)',
      'ETHBTC: minNotional 5',
      'ETHBTC: makerFee 0.0002, takerFee 0.00055',
      'ETHBTC: base ETH, quote BTC',
    ]);
  });

  it('float noise in resampled candles does not become a tick', async (t) => {
    const folder = folderWith(t, {
      'AUSDT-5m.csv': csv([
        row(0, '10.25,10.5,10.25,10.25,0.30000000000000004'),
        row(5, '10.25,10.5,10.25,10.25,0.3'),
      ]),
      'BUSDT-5m.csv': csv([
        row(0, '1.0000000000000002,2.0000000000000004,1,1.9999999999999998,1'),
        row(5, '1.0000000000000002,2.0000000000000004,1,1.9999999999999998,1'),
      ]),
    });
    const recording = await openRecording({ folder });
    assert.deepEqual(
      recording.instruments.map((instrument) => [instrument.tick, instrument.lot]),
      [
        ['0.01', '0.1'],
        ['0.00000001', '1'],
      ],
    );
  });

  it('base and quote come from the ending of the symbol', () => {
    const coins = (symbol: string, entry = {}) => {
      const { instrument } = completeInstrument(symbol, entry, 2, 0);
      return `${instrument.base}/${instrument.quote}`;
    };
    assert.equal(coins('1000PEPEUSDT'), '1000PEPE/USDT');
    assert.equal(coins('BTCFDUSD'), 'BTC/FDUSD');
    assert.equal(coins('BTCBUSD'), 'BTC/BUSD');
    assert.equal(coins('BTC-USD'), 'BTC/USD');
    assert.equal(coins('ADAETH'), 'ADA/ETH');
    assert.equal(coins('SPY'), 'SPY/USDT');
    assert.equal(coins('USDT'), 'USDT/USDT');
    assert.equal(coins('BTCTRY', { quote: 'TRY' }), 'BTC/TRY');
  });

  it('a tick above the prices, or a step finer than any coin has, is refused: no order could be priced or sized', async (t) => {
    const refusal = async (json: object) => {
      const folder = folderWith(t, {
        'AUSDT-5m.csv': csv([row(0)]),
        'instruments.json': JSON.stringify(json),
      });
      let message = '';
      await assert.rejects(openRecording({ folder }), (error) => {
        assert.ok(error instanceof DataError);
        message = error.message;
        return true;
      });
      return message;
    };
    assert.match(
      await refusal({ AUSDT: { tick: '100000' } }),
      /AUSDT\.tick: 100000 is above the lowest price/,
    );
    assert.match(await refusal({ AUSDT: { lot: `0.${'0'.repeat(60)}1` } }), /AUSDT\.lot/);
  });

  it('every wrong value is named with its path and what is allowed', async (t) => {
    const problemsOf = async (json: string) => {
      const folder = folderWith(t, { 'AUSDT-5m.csv': csv([row(0)]), 'instruments.json': json });
      let message = '';
      await assert.rejects(openRecording({ folder }), (error) => {
        assert.ok(error instanceof DataError);
        assert.equal(error.code, 'DATA_BAD_INSTRUMENTS');
        message = error.message;
        return true;
      });
      assert.ok(message.includes('instruments.json'), message);
      return message;
    };
    const message = await problemsOf(
      JSON.stringify({
        AUSDT: { tick: 0.01, lot: '-1', type: 'future', makerFee: 5, tik: '1' },
        BUSDT: { minNotional: 'five', base: 'btc', tick: '0' },
      }),
    );
    const lines = message.split('\n').slice(1);
    assert.equal(lines.length, 8, message);
    assert.ok(
      lines.includes('  AUSDT.tick is 0.01: must be a positive decimal in quotes, such as "0.01"'),
      message,
    );
    assert.ok(
      lines.some((line) => /AUSDT\.type is "future": .*"spot"\|"linear"/.test(line)),
      message,
    );
    assert.ok(
      lines.some((line) => /AUSDT\.makerFee is 5: .*0\.1/.test(line)),
      message,
    );
    assert.ok(
      lines.some((line) => /AUSDT\.tik is unknown; allowed are tick, lot, minNotional/.test(line)),
      message,
    );
    assert.ok(
      lines.some((line) => /BUSDT\.base is "btc"/.test(line)),
      message,
    );
    assert.match(await problemsOf('{"AUSDT": '), /not JSON/);
    assert.match(await problemsOf('[]'), /the whole is \[\]/);
  });
});
