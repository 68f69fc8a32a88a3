import { parseArgs } from 'node:util';

import { createApp } from './lib/app.mjs';

const USAGE = `Usage: node server.mjs [options]

A logbook in Koa whose WebSocket is behind sign-in, by framewright/koa.

Options:
  --port <number>   port to listen on (default 3001, 0 for any free one)
  --host <address>  address to listen on (default localhost)
  --help            show this text
`;

/** For trying it out. */
const ACCOUNTS = new Map([
  ['ada', 'ada-ada'],
  ['grace', 'grace-grace']
]);

const { port, host } = readOptions();
const server = createApp(ACCOUNTS).listen(port, host);

server.once('listening', () => {
  console.log(`Logbook at http://${host}:${server.address().port}/`);
  for (const [name, password] of ACCOUNTS) {
    console.log(`Sign in as ${name} with ${password}`);
  }
});
server.once('error', (error) => {
  console.error(`Cannot listen: ${error.message}`);
  process.exit(1);
});

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '3001' },
        host: { type: 'string', default: 'localhost' },
        help: { type: 'boolean', default: false }
      }
    });
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit();
    }
    if (!/^\d{1,5}$/.test(values.port) || values.port > 65535) {
      throw new RangeError('--port must be a number from 0 to 65535');
    }
    return values;
  } catch (error) {
    console.error(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
}
