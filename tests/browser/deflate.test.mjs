// Compressed messages between an accelerated server and Chromium's own WebSocket.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { addon } from '../deflate/contexts.mjs';
import { loadAccelerated, NEWEST } from '../lib/ws-copies.mjs';
import { Scene } from '../semantics/support/scene.mjs';

import { launchChromium, missingChromium } from './support/chromium.mjs';

const LENS = [0, 1, 125, 126, 65535, 65536, 1024 * 1024];
const copy = loadAccelerated(NEWEST);
const skip = missingChromium() ?? false;

describe('Chromium and permessage-deflate', { skip, timeout: 300_000 }, () => {
  let browser;
  let page;
  before(async () => {
    browser = await launchChromium();
    page = await browser.newPage();
  });
  after(() => browser.close());

  for (const takeover of [true, false]) {
    for (let bits = 8; bits <= 15; bits++) {
      it(`window bits ${bits}, context takeover: ${takeover}`, async () => {
        const scene = new Scene(copy);
        try {
          const server = await scene.serve({
            perMessageDeflate: {
              serverMaxWindowBits: bits,
              clientMaxWindowBits: bits,
              serverNoContextTakeover: !takeover,
              clientNoContextTakeover: !takeover,
              threshold: 0
            }
          });
          let counters;
          server.on('connection', (ws) => {
            echoTwice(ws);
            ws.on('message', () => (counters = addon.deflateCounters()));
          });
          const { extensions, answers } = await page.evaluate(exchange, {
            port: server.address().port,
            lens: LENS
          });
          assert.ok(
            extensions.includes(`server_max_window_bits=${bits}`),
            extensions
          );
          assert.ok(extensions.includes(`client_max_window_bits=${bits}`));
          // Text and bytes, each answered whole and in fragments.
          assert.deepEqual(answers, Array(LENS.length * 4).fill('the same'));
          // It was not ws's own zlib.
          assert.equal(counters.compressors, 1);
          assert.equal(counters.decompressors, 1);
        } finally {
          await scene.end();
        }
      });
    }
  }
});

/** Answers each message with itself: in one frame, then in three. */
function echoTwice(ws) {
  ws.on('message', (data, isBinary) => {
    ws.send(data, { binary: isBinary });
    const len = Math.ceil(data.length / 3);
    for (let i = 0; i < 3; i++) {
      ws.send(data.subarray(i * len, (i + 1) * len), {
        binary: isBinary,
        fin: i === 2
      });
    }
  });
}

/** Runs in the page. */
async function exchange({ port, lens }) {
  const ws = new WebSocket(`ws://127.0.0.1:${port}`);
  ws.binaryType = 'arraybuffer';
  await new Promise((resolve, reject) => {
    ws.onopen = resolve;
    ws.onerror = () => reject(new Error('did not open'));
  });
  const answers = [];
  for (const len of lens) {
    let words = '';
    for (let i = 0; words.length < len; i++) {
      words += `word ${(i * 7919) % 1009} of many, `;
    }
    const bytes = new Uint8Array(len);
    for (let at = 0; at < len; at += 65536) {
      crypto.getRandomValues(bytes.subarray(at, at + 65536));
    }
    for (const message of [words.slice(0, len), bytes]) {
      for (const answer of await sent(message)) {
        answers.push(isSame(answer, message) ? 'the same' : `other: ${len}`);
      }
    }
  }
  const { extensions } = ws;
  ws.close();
  return { extensions, answers };

  function sent(message) {
    return new Promise((resolve, reject) => {
      const two = [];
      ws.onclose = ({ code }) => reject(new Error(`closed with ${code}`));
      ws.onmessage = ({ data }) => {
        if (two.push(data) === 2) resolve(two);
      };
      ws.send(message);
    });
  }

  function isSame(answer, message) {
    if (typeof message === 'string') return answer === message;
    const view = new Uint8Array(answer);
    return (
      view.length === message.length &&
      view.every((byte, i) => byte === message[i])
    );
  }
}
