import hapi from '@hapi/hapi';
import nes from '@hapi/nes';
import { end } from './talk.mjs';

const server = hapi.server({ host: '127.0.0.1', port: 0 });

await server.register(nes);
server.route({
  method: 'GET',
  path: '/',
  config: { id: 'say', handler: () => 'hello' }
});
await server.start();
const client = new nes.Client(`ws://127.0.0.1:${server.info.port}`);
await client.connect();
end((await client.request('say')).payload);
