// What h3 and Nitro build on. Its copy of ws is in a bundle of its own.
import { createServer } from 'node:http';
import crossws from 'crossws/adapters/node';
import { ask, end, listen } from './talk.mjs';

const { handleUpgrade } = crossws({
  hooks: { message: (peer, message) => peer.send(message.text()) }
});
const server = createServer().on('upgrade', handleUpgrade);

end(await ask(`ws://127.0.0.1:${await listen(server)}/`, 'hello'));
