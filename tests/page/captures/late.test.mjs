// What is known of connections that began before the capture did.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import {
  LiveEncoder,
  PREAMBLE
} from '../../../npm/inspector/scripts/live-encoder.mjs';
import { missingInspector, withPage } from '../support/page.mjs';

const OPEN_BEFORE = 1;

/** A recorded stream of one connection, which sends one frame. */
function recorded(open) {
  const live = new LiveEncoder();
  return Buffer.concat([
    PREAMBLE,
    live.start(1_767_225_600_000_000, 'a test'),
    live.open(0, 0, { flags: OPEN_BEFORE, ...open }),
    live.chunk(1000, 0, true, Buffer.from('\x81\x05Hello', 'latin1'))
  ]);
}

describe('a connection that began before', { skip: missingInspector() }, () => {
  let inspector;

  withPage((opened) => ({ inspector } = opened));

  async function connectionReads(...patterns) {
    await inspector.rowsShown(1);
    await inspector.page.getByRole('tab', { name: 'Connection' }).click();
    for (const pattern of patterns)
      await inspector.reads('fw-connection-view section', pattern);
  }

  it('shows the handshake where the tap remembers it', async () => {
    const utf8 = new TextEncoder();
    const bytes = recorded({
      request: utf8.encode('GET /lots HTTP/1.1\r\nHost: a.test\r\n\r\n'),
      response: utf8.encode(
        'HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Protocol: chat\r\n' +
          'Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=10\r\n\r\n'
      )
    });
    await inspector.drop(bytes, 'late.fwlive');
    await connectionReads(
      /Subprotocol\s+chat\n/,
      /Compression\s+permessage-deflate; server_max_window_bits=10\n/
    );
    await inspector.page.getByText('GET /lots HTTP/1.1').waitFor();
    await inspector.page.getByText('a.test', { exact: true }).waitFor();
  });

  it('says what was agreed to be unknown where nobody does', async () => {
    await inspector.drop(recorded({}), 'later.fwlive');
    await inspector.sourceReads(/^later/);
    await connectionReads(
      /Subprotocol\s+unknown: the handshake was not captured/,
      /Compression\s+unknown: the handshake was not captured/
    );
    assert.deepEqual(inspector.complaints, []);
  });
});
