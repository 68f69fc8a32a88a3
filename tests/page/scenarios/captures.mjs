// What people ask of a capture that somebody has made.

import { createRequire } from 'node:module';

import {
  converseOverTls,
  kinds,
  startTlsServer
} from '../../capture/support/tls.mjs';
import { packet, pcapng, segments } from '../../capture/support/wire.mjs';
import { BINARY, TEXT, frame } from '../../lib/frames.mjs';
import { handshake } from '../support/handshake.mjs';

const require = createRequire(
  new URL('../../../npm/inspector/package.json', import.meta.url)
);
const protobuf = require('protobufjs');

/** A pcapng of a connection whose server sends these. */
function capture(chunks) {
  const { request, response } = handshake({
    path: '/live',
    host: 'auction.test'
  });
  const events = [
    { toServer: true, data: Buffer.from(request) },
    { toServer: false, data: Buffer.from(response) },
    ...chunks.map((data) => ({ toServer: false, data }))
  ];
  return pcapng(segments({ events }).map((part) => packet(part, 50_000, 80)));
}

const COUNT = 100_000;
const LARGE_AT = 61_802;

/** 100,000 prices, of which one has come with all that was ever bid. */
export async function oversized(t, person) {
  const frames = Array.from({ length: COUNT }, (_, index) => {
    const message = { type: 'price', lot: index % 40, price: 100 + index };
    if (index === LARGE_AT) message.history = Array(40_000).fill(message.price);
    return frame({
      opcode: TEXT,
      payload: Buffer.from(JSON.stringify(message))
    });
  });
  await person.open(['prices.pcapng', capture([Buffer.concat(frames)])]);
  await person.inspector.rowsShown(COUNT);
  await person.filter('len>64k');
  await person.inspector.rowsShown(1);
  await person.choose('Home');
  await person.press('1');
  await person.inspector.reads('.summary', /Frame 61,803/);
  await person.sees(/^history:/);
  await person.looks();
}

const PROTO = `syntax = "proto3";
package auction;
enum State { OPEN = 0; SOLD = 1; }
message Money { int64 units = 1; string currency = 2; }
message Bid {
  uint32 lot = 1;
  string bidder = 2;
  Money price = 3;
  State state = 4;
}
message Login { string user = 1; bytes token = 2; }
`;

/** Protobuf, and the schema that names its fields. */
export async function withSchema(t, person) {
  const { root } = protobuf.parse(PROTO, { keepCase: true });
  const encode = (name, value) => {
    const type = root.lookupType(`auction.${name}`);
    const payload = Buffer.from(type.encode(type.fromObject(value)).finish());
    return frame({ opcode: BINARY, payload });
  };
  const price = (units) => ({ units, currency: 'EUR' });
  const frames = [
    encode('Login', { user: 'Ada', token: Buffer.from('c0ffee', 'hex') }),
    encode('Bid', { lot: 42, bidder: 'Ada', price: price(1250) }),
    encode('Bid', { lot: 42, bidder: 'Ben', price: price(1300), state: 1 })
  ];
  await person.open(['bids.pcapng', capture(frames)]);
  await person.inspector.rowsShown(3);
  await person.open(['auction.proto', Buffer.from(PROTO)]);
  await person.choose('End');
  await person.press('1');
  for (const row of [/^lot: ?42$/, /^bidder: ?"Ben"$/, /^units: ?1300$/])
    await person.sees(row);
  await person.looks();
}

/** An encrypted capture shows nothing: why, and what helps. */
export async function encrypted(t, person) {
  const { inspector, page } = person;
  const server = await startTlsServer();
  const { secrets } = await converseOverTls(server, kinds[0], undefined, [
    'first'
  ]).finally(() => server.close());
  const [connection] = server.relay.connections;
  const bytes = pcapng(
    segments(connection).map((part) =>
      packet(part, connection.clientPort, server.port)
    )
  );
  await person.open(['tls.pcapng', bytes]);
  await inspector.reads('.notice', /keys are missing.*SSLKEYLOGFILE/s);
  await inspector.reads('fw-frame-list .empty', /It is encrypted/);
  await person.looks('why');
  await person.tabTo(page.getByRole('button', { name: 'Choose a key file' }));
  await person.openByFocus(['keys.log', Buffer.from(secrets)]);
  await inspector.rowsShown(6);
  await person.choose('Home');
  await person.press('1');
  await page.locator('fw-text-view').getByText('first').waitFor();
  await person.looks();
}
