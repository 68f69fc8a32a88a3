// Which responses to a handshake open a tap, wherever the bytes are cut.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

import { TEXT, frame } from '../../lib/frames.mjs';
import {
  CHUNKED,
  GET,
  OK,
  STORED,
  Trace,
  byByte,
  chunked,
  cuts,
  length,
  post,
  whole,
  withHost
} from './conversation-trace.mjs';

const UPGRADE =
  'GET /chat HTTP/1.1\r\nHost: old\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n';
const maskingKey = Buffer.from([9, 8, 7, 6]);
const FRAME = frame({
  opcode: TEXT,
  payload: Buffer.from('hello'),
  maskingKey
}).toString('latin1');
const ANSWER = frame({ opcode: TEXT, payload: Buffer.from('hi') }).toString(
  'latin1'
);

describe('a handshake', () => {
  const refused = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno';

  it('is found after other requests, pipelined or not', () => {
    const before = [
      [GET, OK],
      ['HEAD / HTTP/1.1\r\nHost: old\r\n\r\n', OK.slice(0, -2)],
      [GET, 'HTTP/1.1 204 No Content\r\nContent-Length: 7\r\n\r\n'],
      [GET, 'HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n'],
      [GET, `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}`],
      [
        post(length(STORED), STORED),
        `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200\r\n${CHUNKED}\r\n\r\n${chunked(SWITCH)}0\r\nX: 1\r\n\r\n`
      ]
    ];
    const requests = before.map(([request]) => request).join('') + UPGRADE;
    const responses = before.map(([, response]) => response).join('') + SWITCH;
    const opened = [withHost(UPGRADE), SWITCH, FRAME, ANSWER];
    for (const cut of cuts(responses + ANSWER)) {
      const trace = new Trace('new')
        .client(requests, cut)
        .answer(responses + ANSWER, cut)
        .client(FRAME, cut);
      assert.deepEqual(trace.events, [['open', ...opened]]);
    }
  });

  it('waits with what follows it for the response', () => {
    for (const cut of cuts(UPGRADE + FRAME)) {
      const trace = new Trace('new').client(UPGRADE + FRAME, cut);
      assert.equal(trace.server, withHost(UPGRADE));
      assert.deepEqual(trace.events, []);
      trace.answer(SWITCH, whole).goesOn();
      assert.equal(trace.server, withHost(UPGRADE) + FRAME);
      assert.deepEqual(trace.events, [
        ['open', withHost(UPGRADE), SWITCH, FRAME, '']
      ]);
    }
  });

  it('is followed by HTTP where it is refused', () => {
    const body = post(
      ['Upgrade: websocket', ...CHUNKED],
      `${chunked(STORED)}0\r\n\r\n`
    );
    for (const handshake of [UPGRADE, body]) {
      const sent = handshake + GET + UPGRADE;
      for (const cut of cuts(sent)) {
        const trace = new Trace('new').client(sent, cut);
        trace.answer(refused, cut).goesOn();
        assert.equal(
          trace.server,
          handshake.replace('Host: old', 'Host: new') +
            withHost(GET) +
            withHost(UPGRADE)
        );
        trace.answer(OK + SWITCH, cut).goesOn();
        assert.deepEqual(
          trace.events.map(([, , response, , , by]) => [response, by]),
          [
            [refused.slice(0, -2), 2],
            [SWITCH, undefined]
          ]
        );
      }
    }
  });

  it('may be refused before its whole body has come', () => {
    const handshake = post(['Upgrade: websocket', ...length(STORED)], '');
    for (const cut of cuts(STORED + GET)) {
      const trace = new Trace('new').client(handshake + STORED[0], whole);
      trace.answer(refused, cut).client(STORED.slice(1) + GET, cut);
      assert.equal(trace.server, withHost(handshake) + STORED + withHost(GET));
      assert.equal(trace.events.length, 1);
    }
  });

  it('for another protocol than WebSocket is forwarded as it is', () => {
    const sent = UPGRADE.replace('websocket', 'h2c');
    for (const cut of cuts(sent)) {
      const trace = new Trace('new').client(sent + GET, cut);
      assert.equal(trace.server, withHost(sent));
      trace.answer(SWITCH.replace('websocket', 'h2c'), cut).goesOn();
      assert.equal(trace.server, withHost(sent) + GET);
      assert.deepEqual(trace.events, []);
    }
  });

  it('does not wait where the responses can not be read', () => {
    for (const noise of ['hello', `${OK}hello`, 'HTTP/1.1 2 OK\r\n\r\n']) {
      for (const cut of cuts(noise)) {
        const trace = new Trace('new').client(GET, whole);
        trace.answer(OK + noise, cut).client(UPGRADE + FRAME + GET, whole);
        assert.equal(trace.server, withHost(GET + UPGRADE) + FRAME + GET);
        assert.deepEqual(trace.events, []);
      }
    }

    for (const noise of ['HTTP/1.1 2 OK\r\n\r\n', 'SSH-2.0-x\r\n']) {
      for (const cut of cuts(noise)) {
        const trace = new Trace('new').client(UPGRADE + FRAME, whole);
        trace.answer(noise, cut).goesOn();
        assert.equal(trace.server, withHost(UPGRADE) + FRAME);
        assert.deepEqual(trace.events, []);
      }
    }
  });

  it('is not needed to rewrite Host: that works with unreadable responses', () => {
    const trace = new Trace('new').client(GET, whole).answer('hello', whole);
    assert.equal(trace.client(GET, byByte).server, withHost(GET + GET));
  });
});
