'use strict';

const fs = require('fs');
const { once } = require('events');
const { finished } = require('stream/promises');

const backend = require('../../backend/backend');
const { version } = require('../../../package.json');
const liveStream = require('../../tap/live-stream');
const Tap = require('../../tap/tap');
const { writeAddress } = require('../addresses');
const Failure = require('../failure');
const { listen, servePage } = require('../page-server');
const UsageError = require('../usage-error');
const createProxy = require('./proxy');
const Recording = require('./recording');
const Control = require('./sending/control');

/**
 * `framewright proxy`: forwards until the process is interrupted.
 *
 * @param {Object} options The options
 */
async function proxy(options) {
  const { insecure = false, listen: at, page, save, tls, to } = options;

  if (tls && to.tls === false) {
    throw new UsageError(
      "option '--tls': the URL of the server says that it wants no TLS"
    );
  }

  const isTls = tls === true || to.tls === true;
  const file = save === undefined ? undefined : await create(save);
  const recording = file && new Recording(file, `framewright ${version}`);
  const tap = new Tap();
  const control = options['allow-send'] ? openControl() : undefined;
  const server = createProxy({
    control,
    onRefused: (err) =>
      console.error(`The server can't be reached: ${err.message}`),
    recording,
    tap,
    to: { ...to, insecure, tls: isTls }
  });

  await listen(server, at);

  const { url } = await servePage(
    page,
    {
      stream: liveStream(tap),
      ...(control && { control: (req, res) => control.listen(req, res) })
    },
    control ? 'live=stream&control=control' : 'live=stream',
    control && { control: (req, res) => control.act(req, res) }
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
  if (control) console.log('Whoever has that address may send messages.');
  console.log('Ctrl-C ends it.');

  if (file !== undefined || control)
    endOnSignal({ control, file, recording, save });
}

/** Compressed messages are changed by what only the addon does. */
function openControl() {
  if (backend.deflate === null) {
    throw new Failure(`--allow-send needs the addon: ${backend.reason}`);
  }

  return new Control();
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

/** What is recorded shall be in the file when the process is interrupted. */
function endOnSignal({ control, file, recording, save }) {
  const end = async () => {
    if (control) {
      const { changed, dropped, passed, sent } = control.counts;

      console.log(
        `By hand: ${sent} sent, ${passed} held and passed on, ` +
          `${changed} changed, ${dropped} dropped`
      );
    }

    if (file !== undefined) await endRecording(file, recording, save);
    process.exit();
  };

  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, end);
}

async function endRecording(file, recording, name) {
  const { packets } = recording;

  try {
    await finished(file.end());
    console.log(`${packets} packets are in ${name}`);
  } catch {
    // It was said when it happened.
  }
}

module.exports = proxy;
