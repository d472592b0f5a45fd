import type { Broker } from '../../venue/broker.ts';
import type { Clock } from './clock.ts';

/** A broker and a clock whose every word comes within a turn of whoever listens. */
export function inTurn(
  { broker, clock }: { readonly broker: Broker; readonly clock: Clock },
  turn: (run: () => void) => void,
): { readonly broker: Broker; readonly clock: Clock } {
  const within =
    <T>(answer: (value: T) => void) =>
    (value: T): void =>
      turn(() => answer(value));
  const { acts } = broker;
  return {
    broker: {
      capabilities: broker.capabilities,
      validityMs: broker.validityMs,
      submit: (order, clientId, answer) => broker.submit(order, clientId, within(answer)),
      cancel: (symbol, clientId, answer) => broker.cancel(symbol, clientId, within(answer)),
      amend: (symbol, clientId, change, answer) => broker.amend(symbol, clientId, change, within(answer)),
      lookUp: (symbol, clientId, answer) => broker.lookUp(symbol, clientId, within(answer)),
      fillsSince: (symbol, since, answer) => broker.fillsSince(symbol, since, within(answer)),
      idsSince: (since, answer) => broker.idsSince(since, within(answer)),
      account: (answer) => broker.account(within(answer)),
      acts:
        acts === null
          ? null
          : {
              events: (since, answer) => acts.events(since, within(answer)),
              detach: (symbol, mine, answer) => acts.detach(symbol, mine, within(answer)),
            },
    },
    clock: {
      now: () => clock.now(),
      steady: () => clock.steady(),
      after: (ms, run) => clock.after(ms, () => turn(run)),
    },
  };
}
