import {
  HocuspocusProvider,
  HocuspocusProviderWebsocket
} from '@hocuspocus/provider';
import { Server } from '@hocuspocus/server';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { end } from './talk.mjs';

const server = new Server({ address: '127.0.0.1', port: 0, quiet: true });

await server.listen(0);
const document = () => {
  const doc = new Y.Doc();
  const websocketProvider = new HocuspocusProviderWebsocket({
    url: `ws://127.0.0.1:${server.address.port}`,
    WebSocketPolyfill: WebSocket
  });
  new HocuspocusProvider({
    websocketProvider,
    name: 'page',
    document: doc
  }).attach();
  return doc.getText('text');
};
document().insert(0, 'hello');
const other = document();
other.observe(() => end(String(other)));
