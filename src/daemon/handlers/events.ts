import { RpcError } from '../../protocol/errors.ts';
import type { SubscriptionTopic, Topic } from '../../protocol/events.ts';
import { type Connection, MAX_SUBSCRIPTIONS } from '../connection.ts';
import type { HandlersOf } from '../dispatcher.ts';
import { PriceFeed } from '../price-feed.ts';
import { Subscription } from '../subscription.ts';
import type { HandlerContext } from './context.ts';
import { isOut, statusOf } from './views.ts';

export function eventHandlers({
  host,
  stream,
  monitoring,
}: HandlerContext): HandlersOf<'events', Connection> {
  /** Numbers count within a connection, so that those who ask for the same are sent the same. */
  const lastIds = new WeakMap<Connection, number>();
  const feed = new PriceFeed(host.prices);
  return {
    'events.subscribe': ({ topics, symbols, since, stream: asked }, { peer, after }) => {
      if (peer.subscriptions.size >= MAX_SUBSCRIPTIONS) {
        throw RpcError.of('TOO_MANY_SUBSCRIPTIONS', `this connection has ${MAX_SUBSCRIPTIONS} subscriptions`);
      }
      const { events } = host;
      const known = asked === undefined || asked === stream;
      const complete = since === undefined || (known && since <= events.seq && since >= events.oldest - 1);
      const id = (lastIds.get(peer) ?? 0) + 1;
      lastIds.set(peer, id);
      const subscription = new Subscription({
        id,
        stream,
        events,
        topics: topics ? new Set(topics.filter(isOfEvents)) : null,
        prices: topics?.includes('price') ? { feed, symbols: symbols ? new Set(symbols) : null } : null,
        after: since !== undefined && complete ? since : events.seq,
        sink: peer,
        onLagged: (line) => {
          monitoring.subscriberLagged();
          peer.end(line);
        },
      });
      peer.subscriptions.set(id, subscription);
      after(() => subscription.start());
      return {
        subscription: id,
        stream,
        seq: events.seq,
        complete,
        // In the same turn as `seq`: what happens from here on is an event after it.
        snapshot: {
          status: statusOf(host),
          positions: host.positions(),
          orders: host.engine.orders().filter(isOut),
        },
      };
    },
    'events.unsubscribe': ({ subscription: id }, { peer }) => {
      const subscription = peer.subscriptions.get(id);
      if (!subscription) {
        throw RpcError.of('UNKNOWN_SUBSCRIPTION', `this connection has no subscription ${id}`);
      }
      subscription.stop();
      peer.subscriptions.delete(id);
      return { lastSeq: subscription.lastSeq };
    },
  };
}

function isOfEvents(topic: SubscriptionTopic): topic is Topic {
  return topic !== 'price';
}
