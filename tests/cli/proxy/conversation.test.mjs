// What the server gets of the bytes that a client sends, wherever they are cut.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';

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

describe('what the client sends', () => {
  const bodies = {
    'a body of a stored request': post(length(STORED), STORED),
    'a body in chunks': post(
      CHUNKED,
      `${chunked(STORED, 'a', STORED)}0\r\n\r\n`
    ),
    'chunks with extensions and trailers': post(
      [...CHUNKED, 'Trailer: X-Sum'],
      `a;q="Host: old"\r\nHost: old\n\r\n0;last\r\nX-Sum: 1\r\nX-Host: old\r\n\r\n`
    ),
    'a coding before the chunks': post(
      ['Transfer-Encoding: gzip, chunked'],
      `${chunked(STORED)}0\r\n\r\n`
    ),
    'a body of zero bytes': post(['Content-Length: 0'], ''),
    'a request that expects 100': post(
      [...length(STORED), 'Expect: 100-continue'],
      STORED
    ),
    'HTTP/1.0': post(length(STORED), STORED, 'POST / HTTP/1.0'),
    'a target of UTF-8': post([], '', 'GET /caf\xc3\xa9 HTTP/1.1'),
    'a method of later days': post(length(STORED), STORED, 'QUERY / HTTP/1.1'),
    'an empty line before': `\r\n${GET}`
  };

  for (const [name, text] of Object.entries(bodies)) {
    it(`gets another Host in its heads only: ${name}`, () => {
      const head = text.indexOf('\r\n\r\n', 4) + 4;
      const expected =
        withHost(GET) +
        withHost(text.slice(0, head)) +
        text.slice(head) +
        withHost(GET);
      const sent = GET + text + GET;
      for (const cut of cuts(sent)) {
        const trace = new Trace('new').client(sent, cut);
        assert.equal(trace.server, expected);
        assert.deepEqual(trace.events, []);
        assert.equal(new Trace().client(sent, cut).server, sent);
      }
    });
  }

  it('is forwarded as it comes', () => {
    const trace = new Trace('new').client(
      post(['Content-Length: 9'], ''),
      whole
    );
    const { length } = trace.server;
    for (const byte of 'I am here') trace.client(byte, whole);
    assert.equal(trace.server.slice(length), 'I am here');
  });

  it('is left alone where it is not HTTP', () => {
    for (const text of [
      'HELLO',
      'I am here',
      '\0\x01\x02',
      'GET\r\n',
      'GET /\r\nHost: old\r\n\r\n',
      'CONNECT {"verbose":true}\r\nPING\r\n',
      'CONNECT\naccept-version:1.2\nHost: old\n\n\0',
      'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
      'POST / HTTP/1.1x\r\nHost: old\r\n\r\n',
      'BREW /pot HTTP/1.1\r\nHost: old\r\n\r\n',
      'MOVE\0/ HTTP/1.1\r\nHost: old\r\n\r\n'
    ]) {
      for (const cut of cuts(text)) {
        const trace = new Trace('new').client(text, cut);
        assert.equal(trace.server, text);
        assert.deepEqual(trace.events, []);
        assert.equal(trace.client(GET, cut).server, text + GET);
      }
    }
  });

  it('is left alone after a body whose end can not be told', () => {
    const faulty = post(CHUNKED, `5\r\nhello\r\nno length\r\n${GET}`);
    for (const cut of cuts(faulty)) {
      const trace = new Trace('new').client(faulty, cut);
      assert.equal(trace.server, faulty.replace('Host: old', 'Host: new'));
      assert.deepEqual(trace.events, []);
    }
  });

  it('is passed on where it ends within a head', () => {
    const trace = new Trace('new').client(
      `${GET}GET / HTTP/1.1\r\nHost: o`,
      whole
    );
    trace.conversation.clientEnds(() => {});
    assert.equal(trace.server, `${withHost(GET)}GET / HTTP/1.1\r\nHost: o`);
  });
});

describe('a request that is refused', () => {
  const faulty = {
    'a CR within a field': [
      'GET / HTTP/1.1\r\nX: a\rHost: evil\r\nHost: old\r\n\r\n',
      400
    ],
    'two Hosts': ['GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
    'no Host': ['GET / HTTP/1.1\r\n\r\n', 400],
    'a folded field': ['GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n', 400],
    'two framings': [post([...CHUNKED, 'Content-Length: 3'], '0\r\n\r\n'), 400],
    'a space before the colon': [post(['Content-Length : 3'], 'abc'), 400],
    'a tunnel': ['CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', 501],
    'a long head': [`GET / HTTP/1.1\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`, 431],
    'a long target': [`GET /${'x'.repeat(70_000)} HTTP/1.1\r\n\r\n`, 431]
  };

  for (const [name, [text, status]] of Object.entries(faulty)) {
    it(`does not reach the server: ${name}`, () => {
      for (const cut of text.length > 1000 ? [whole, byByte] : cuts(text)) {
        const trace = new Trace('new').client(text + GET, cut);
        assert.equal(trace.server, '');
        assert.equal(trace.events.length, 1);
        assert.match(trace.events[0][1], new RegExp(` ${status} `));
        assert.equal(trace.isWaiting, false, 'the rest is thrown away');
      }
    });

    it(`waits for the responses that are due: ${name}`, () => {
      for (const cut of [whole, byByte]) {
        const trace = new Trace('new').client(GET + GET + text, cut);
        assert.equal(trace.server, withHost(GET + GET));
        trace.answer(OK + OK.slice(0, -1), cut);
        assert.deepEqual(trace.events, []);
        trace.answer(OK.slice(-1), cut);
        assert.match(trace.events[0][1], new RegExp(` ${status} `));
        assert.equal(trace.events.length, 1);
      }
    });
  }

  it('refuses anything unreadable after a request', () => {
    for (const [text, status] of [
      ['I am here', 501],
      ['\0', 400],
      ['BREW / HTTP/1.1\r\n', 501]
    ]) {
      const trace = new Trace('new').client(GET, whole).answer(OK, whole);
      trace.client(text, whole);
      assert.match(trace.events[0][1], new RegExp(` ${status} `));
    }
  });

  it('is refused once, whatever the server adds to its responses', () => {
    const tunnel = 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n';
    for (const noise of ['junk', OK, 'HTTP/1.1 101 Switch\r\n\r\n']) {
      for (const cut of cuts(OK + noise)) {
        const trace = new Trace('new').client(GET + tunnel + GET, cut);
        trace.answer(OK + noise, cut);
        assert.deepEqual(
          trace.events.map(([event]) => event),
          ['refuse']
        );
        assert.equal(trace.client(GET, cut).server, withHost(GET));
      }
    }
  });

  it('is refused at once where the responses cannot be read', () => {
    const trace = new Trace('new').client(GET, whole).answer('junk\n', whole);
    trace.client(`${GET}no HTTP`, whole);
    assert.equal(trace.events.length, 1);
    assert.equal(trace.server, withHost(GET + GET));
  });

  it('is refused after a 101 that nobody asked for', () => {
    const response = 'HTTP/1.1 101 Switch\r\n\r\n';
    for (const cut of cuts(response)) {
      const trace = new Trace('new').client(`${GET}no HTTP`, whole);
      trace.answer(response, cut);
      assert.equal(trace.events.length, 1);
      assert.equal(trace.server, withHost(GET));
    }
  });
});
