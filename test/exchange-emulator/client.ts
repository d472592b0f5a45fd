/** The real ccxt as a client of the emulator, in the same process. */
import type { pro } from 'ccxt';
import type { Emulator } from '../../scripts/exchange-emulator/emulator.ts';

export type Bybit = InstanceType<typeof pro.bybit>;
export type Binance = InstanceType<typeof pro.binanceusdm>;

/** The one exchange's module: ccxt whole is a hundred of them. */
const moduleOf = (name: string) => new URL(`src/pro/${name}.js`, import.meta.resolve('ccxt')).href;

/** The clock of the client is the venue's: that is what a synchronised machine has. */
export async function bybitClient(emulator: Emulator, options: Record<string, unknown> = {}): Promise<Bybit> {
  const { default: Exchange }: { default: typeof pro.bybit } = await import(moduleOf('bybit'));
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

export async function binanceClient(
  emulator: Emulator,
  options: Record<string, unknown> = {},
): Promise<Binance> {
  const { default: Exchange }: { default: typeof pro.binanceusdm } = await import(moduleOf('binanceusdm'));
  const { restUrl, streamUrl, control } = emulator;
  const client = new Exchange({
    apiKey: emulator.apiKey,
    secret: emulator.secret,
    enableRateLimit: false,
    ...options,
  });
  const versions = {
    fapiPublic: 1,
    fapiPublicV2: 2,
    fapiPublicV3: 3,
    fapiPrivate: 1,
    fapiPrivateV2: 2,
    fapiPrivateV3: 3,
  };
  client.urls.api = {
    ...Object.fromEntries(
      Object.entries(versions).map(([name, version]) => [name, `${restUrl}/fapi/v${version}`]),
    ),
    sapi: `${restUrl}/sapi/v1`,
    ws: { future: `${streamUrl}/ws` },
  };
  // What an error code means is looked up by the address: here it is another one.
  const exceptionsOf = client.getExceptionsByUrl.bind(client);
  client.getExceptionsByUrl = (_url, kind) => exceptionsOf('https://fapi.binance.com/', kind);
  // A listen key is kept alive by a timer of many minutes that nothing ends: it must not keep the process.
  client.delay = (timeout: number, method: unknown, ...args: unknown[]) => {
    setTimeout(() => client.spawn(method, ...args), timeout).unref();
  };
  await client.loadHttpProxyAgent();
  client.milliseconds = () => control.now();
  return client;
}
