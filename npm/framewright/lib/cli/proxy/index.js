'use strict';

const fs = require('fs');
const { once } = require('events');
const { finished } = require('stream/promises');

const { version } = require('../../../package.json');
const liveStream = require('../../tap/live-stream');
const Tap = require('../../tap/tap');
const { writeAddress } = require('../addresses');
const Failure = require('../failure');
const { listen, servePage } = require('../page-server');
const UsageError = require('../usage-error');
const createProxy = require('./proxy');
const Recording = require('./recording');

/**
 * `framewright proxy`: forwards until the process is interrupted.
 *
 * @param {Object} options The options
 */
async function proxy({ insecure = false, listen: at, page, save, tls, to }) {
  if (tls && to.tls === false) {
    throw new UsageError(
      "option '--tls': the URL of the server says that it wants no TLS"
    );
  }

  const isTls = tls === true || to.tls === true;
  const file = save === undefined ? undefined : await create(save);
  const recording = file && new Recording(file, `framewright ${version}`);
  const tap = new Tap();
  const server = createProxy({
    onRefused: (err) => console.error(`The server isn't there: ${err.message}`),
    recording,
    tap,
    to: { ...to, insecure, tls: isTls }
  });

  await listen(server, at);

  const { url } = await servePage(
    page,
    { stream: liveStream(tap) },
    'live=stream'
  );
  const { address, port } = server.address();
  const here = writeAddress({ host: address, port });

  console.log(
    `Forwarding ${here} to ` + `${writeAddress(to)}${isTls ? ' over TLS' : ''}`
  );
  // The proxy forwards what clients ask for as it is.
  if (to.path !== undefined && to.path !== '/') {
    console.log(`Clients connect to ws://${here}${to.path}`);
  }

  console.log(`The frames are shown at ${url}`);
  if (save !== undefined) console.log(`Recording to ${save}`);
  console.log('Ctrl-C ends it.');

  if (file !== undefined) endOnSignal(file, recording, save);
}

async function create(name) {
  const file = fs.createWriteStream(name, { highWaterMark: 1024 * 1024 });

  try {
    await once(file, 'open');
  } catch (err) {
    throw new Failure(`can't write ${name}: ${err.message}`);
  }

  file.on('error', (err) => {
    console.error(`The recording ends here: ${err.message}`);
    process.exitCode = 1;
  });
  return file;
}

/** Finishes the file when the process is interrupted. */
function endOnSignal(file, recording, name) {
  const end = async () => {
    const { packets } = recording;

    try {
      await finished(file.end());
      console.log(`${packets} packets are in ${name}`);
    } catch {
      // It was reported when it happened.
    }

    process.exit();
  };

  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, end);
}

module.exports = proxy;
