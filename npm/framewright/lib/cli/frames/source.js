'use strict';

const fs = require('fs');
const { setTimeout: delay } = require('timers/promises');

const Failure = require('../failure');

/**
 * Files are read in pieces of this length: a packed piece may hold far more.
 */
const PIECE_LEN = 64 * 1024;
/** How often to look at a file that may grow, in ms. */
const FOLLOW_MS = 200;

/**
 * Opens the source of the frames.
 *
 * @param {String} source A file, `-`, or a live inspector's address
 * @param {{follow: Boolean, token: String}} options The options
 * @return {AsyncIterable<Uint8Array>} What is in it
 */
function openSource(source, options) {
  if (source === '-') return process.stdin;
  if (/^https?:\/\//i.test(source)) return readLive(source, options);
  return readFile(source, options);
}

async function* readFile(file, { follow = false }) {
  let handle;

  try {
    handle = await fs.promises.open(file);

    for (;;) {
      const buffer = Buffer.alloc(PIECE_LEN);
      const { bytesRead } = await handle.read(buffer, 0, PIECE_LEN, null);

      if (bytesRead > 0) yield buffer.subarray(0, bytesRead);
      else if (follow) await delay(FOLLOW_MS);
      else return;
    }
  } catch (err) {
    if (err.code === undefined) throw err;
    throw new Failure(`can't read ${file}: ${err.message}`);
  } finally {
    await handle?.close();
  }
}

/**
 * The stream of a live inspector, whose page has this address. Its token is in
 * the address that the server prints, unless it is given as an option.
 */
async function* readLive(address, { token }) {
  const page = new URL(address);
  const wanted = token ?? page.searchParams.get('token');

  // As one that was copied from the docs.
  if (wanted !== null && !/^[\x21-\x7e]+$/.test(wanted)) {
    throw new Failure(
      `"${wanted}" isn't a token; the inspector's address has it, ` +
        'as the app prints it'
    );
  }

  const headers = wanted === null ? {} : { Authorization: `Bearer ${wanted}` };

  const stream = new URL('stream', new URL('./', page));
  const response = await ask(stream, { headers });

  if (!response.ok) {
    const [reason] = (await response.text()).trim().split('\n', 1);

    throw new Failure(`${address} answered ${response.status}: ${reason}`);
  }

  try {
    yield* response.body;
  } catch {
    // It ends when the app does.
  }
}

async function ask(url, options) {
  try {
    return await fetch(url, options);
  } catch (err) {
    throw new Failure(`no answer from ${url.origin}: ${err.cause ?? err}`);
  }
}

module.exports = openSource;
