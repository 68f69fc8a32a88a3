// Makes captures of encrypted WebSockets, to measure how fast they are read:
//
//   node bench/micro/tls-capture.mjs FOLDER
//   cargo run --release -p framewright-capture --example throughput -- FOLDER/*
//   npx framewright frames FOLDER/FILE --filter opcode==close
//
// One file a cipher suite, with its keys: 110 MB of echoed messages of 64 KiB.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  converseOverTls,
  kinds,
  startTlsServer
} from '../../tests/capture/support/tls.mjs';
import { packet, pcapng, segments } from '../../tests/capture/support/wire.mjs';

const folder = process.argv[2];

if (!folder) {
  console.error('usage: node bench/micro/tls-capture.mjs FOLDER');
  process.exit(2);
}
mkdirSync(folder, { recursive: true });
const texts = Array.from({ length: 840 }, (_, n) =>
  `message ${n} `.repeat(8000).slice(0, 65_536)
);

for (const ciphers of [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-RSA-AES128-SHA'
]) {
  const server = await startTlsServer();
  const kind = kinds.find((kind) => kind.ciphers === ciphers);
  const { secrets } = await converseOverTls(server, kind, undefined, texts);

  await server.close();
  const [connection] = server.relay.connections;
  const packets = segments(connection).map((segment) =>
    packet(segment, connection.clientPort, server.port)
  );

  writeFileSync(
    join(folder, `${ciphers}.pcapng`),
    pcapng(packets, { secrets })
  );
}
