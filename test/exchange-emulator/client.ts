/** The real ccxt as a client of the emulator, in the same process. */
import type { pro } from 'ccxt';
import type { Emulator } from '../../scripts/exchange-emulator/emulator.ts';

export type Bybit = InstanceType<typeof pro.bybit>;

/** The one exchange's module: ccxt whole is a hundred of them. */
async function bybitClass(): Promise<typeof pro.bybit> {
  const file = new URL('src/pro/bybit.js', import.meta.resolve('ccxt'));
  const module: { default: typeof pro.bybit } = await import(file.href);
  return module.default;
}

/** The clock of the client is the venue's: that is what a synchronised machine has. */
export async function bybitClient(emulator: Emulator, options: Record<string, unknown> = {}): Promise<Bybit> {
  const Exchange = await bybitClass();
  const { restUrl, streamUrl, control } = emulator;
  const client = new Exchange({
    apiKey: emulator.apiKey,
    secret: emulator.secret,
    enableRateLimit: false,
    ...options,
  });
  client.urls.api = {
    ...Object.fromEntries(['spot', 'futures', 'v2', 'public', 'private'].map((name) => [name, restUrl])),
    ws: {
      public: { linear: `${streamUrl}/v5/public/linear`, spot: `${streamUrl}/v5/public/spot` },
      private: {
        contract: `${streamUrl}/v5/private`,
        spot: { unified: `${streamUrl}/v5/private` },
      },
    },
  };
  // Streams without TLS want the plain agent.
  await client.loadHttpProxyAgent();
  client.milliseconds = () => control.now();
  return client;
}
