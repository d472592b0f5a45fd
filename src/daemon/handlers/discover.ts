import { packageInfo } from '../../config/package.ts';
import { type OpenRpcDocument, openRpcDocument } from '../../protocol/openrpc.ts';
import type { Connection } from '../connection.ts';
import type { HandlersOf } from '../dispatcher.ts';

export function discoverHandlers(): HandlersOf<'discover', Connection> {
  // Made when first asked for: most daemons never are.
  let document: OpenRpcDocument | null = null;
  return {
    'rpc.discover': () => {
      document ??= openRpcDocument(packageInfo().version);
      return document;
    },
  };
}
