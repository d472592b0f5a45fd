import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { defaultSettings } from '../../src/config/settings.ts';
import type { Connection } from '../../src/daemon/connection.ts';
import { ControlServer } from '../../src/daemon/control-server.ts';
import { Dispatcher } from '../../src/daemon/dispatcher.ts';
import { handlers } from '../../src/daemon/handlers.ts';
import { Monitoring } from '../../src/daemon/monitoring.ts';
import { Supervision } from '../../src/daemon/supervision.ts';
import { connect } from '../../src/protocol/client.ts';
import { RpcError } from '../../src/protocol/errors.ts';
import { SessionHost } from '../../src/session/host.ts';
import { closeLog, openLog } from '../../src/telemetry/log.ts';
import { onEnd, privateFolder } from './support.ts';

test('a failure of ours reaches a client as a reference only; the log has the stack and the cause under it', async (t) => {
  const { paths, folder } = privateFolder(t);
  mkdirSync(paths.stateDir, { mode: 0o700 });
  const file = join(folder, 'log');
  const log = openLog({ file });
  const host = new SessionHost();
  using monitoring = new Monitoring({
    host,
    server: () => server,
    thresholds: () => defaultSettings().health,
    stateDir: folder,
  });
  const own = handlers({
    host,
    paths,
    log,
    monitoring,
    supervision: new Supervision({ host, log, env: {} }),
    settings: defaultSettings,
    stream: 's',
    startedAt: 0,
    server: () => server,
    reload: () => 'reloaded',
    stop: () => undefined,
  });
  const server: ControlServer = new ControlServer(
    new Dispatcher<Connection>(
      {
        ...own,
        'positions.list': () => {
          throw new Error('secret detail', { cause: new Error('deeper still') });
        },
      },
      log,
    ),
  );
  await server.listen(paths.socketPath);
  const client = await connect({ socketPath: paths.socketPath });
  onEnd(t, async () => {
    await client.close();
    server.stopListening();
  });
  let ref = '';
  await assert.rejects(client.call('positions.list'), (error) => {
    assert.ok(error instanceof RpcError);
    assert.deepEqual([error.code, error.rpc, error.data.httpStatus], ['INTERNAL', -32603, 500]);
    assert.ok(!/secret|deeper|dispatcher|\.ts/.test(JSON.stringify(error.toWire())));
    ref = error.data.ref ?? assert.fail('no reference');
    return true;
  });
  await closeLog(log);
  const line = readFileSync(file, 'utf8')
    .split('\n')
    .find((text) => text.includes(ref));
  assert.match(line ?? '', /secret detail/);
  assert.match(line ?? '', /deeper still/);
  assert.match(line ?? '', /positions\.list/);
});
