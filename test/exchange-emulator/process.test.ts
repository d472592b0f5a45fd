import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../scripts/exchange-emulator/main.ts', import.meta.url));

async function command(controlUrl: string, name: string, args: unknown = {}): Promise<unknown> {
  const response = await fetch(`${controlUrl}/${name}`, { method: 'POST', body: JSON.stringify(args) });
  return response.json();
}

test('the emulator runs as its own process, says where it listens, obeys its control port, and ends when told', async () => {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, '--symbols', 'BTCUSDT', '--speed', '0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [line] = await once(createInterface({ input: child.stdout }), 'line');
    const { protocol, restUrl, controlUrl } = JSON.parse(String(line));
    assert.equal(protocol, 'bybit');
    const now: { time: number } = JSON.parse(await (await fetch(`${restUrl}/v5/market/time`)).text());
    assert.deepEqual(await command(controlUrl, 'now'), { result: now.time });
    assert.deepEqual(await command(controlUrl, 'advance', { ms: 60_000 }), { result: now.time + 60_000 });
    await command(controlUrl, 'trade-by-hand', { symbol: 'BTCUSDT', side: 'buy', quantity: '0.5' });
    assert.match(JSON.stringify(await command(controlUrl, 'books')), /"size":"0\.5"/);
    await command(controlUrl, 'request-fault', {
      fault: { kind: 'status', status: 503 },
      match: 'market/time',
    });
    assert.equal((await fetch(`${restUrl}/v5/market/time`)).status, 503);
    assert.equal((await fetch(`${restUrl}/v5/market/time`)).status, 200);
    assert.match(JSON.stringify(await command(controlUrl, 'advance', { ms: 'soon' })), /error/);
    assert.match(JSON.stringify(await command(controlUrl, 'explode')), /there are now, advance/);
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');
    assert.equal(code, 0);
  } finally {
    child.kill('SIGKILL');
  }
});
