// Turns the vectors that the tests share into seeds for fuzzing, each named after what it shows.
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { parseBytes } from '../tests/vectors/lib/bytes.mjs';

const vectors = join(import.meta.dirname, '..', 'tests', 'vectors');
const writers = {
  connection: decodeSeeds,
  decode: decodeSeeds,
  handshake: handshakeSeeds,
  walk: walkSeeds
};

/** Writes a target's seeds into a folder; there may be none. */
export function writeSeeds(target, folder) {
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of writers[target]?.() ?? []) {
    const file = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    writeFileSync(join(folder, file.slice(0, 100)), bytes);
  }
}

/** As `src/targets/decode.rs` and `src/targets/connection.rs` read them: eight bytes of choices, then the stream. */
function* decodeSeeds() {
  for (const { vector, bytes } of frameVectors()) {
    const {
      role,
      permessage_deflate: deflate,
      validate_utf8: checks,
      max_payload_len: len = 255,
      max_fragments: fragments = 255
    } = vector;
    const limited = len < 255 || fragments < 255;
    const flags =
      (role === 'server' ? 1 : 0) |
      (deflate ? 2 : 0) |
      (checks === false ? 4 : 0) |
      (limited ? 8 : 0);
    const choices = [flags, len, fragments, 1, 1, 2, 0, 9];

    yield [vector.name, Buffer.concat([Buffer.from(choices), bytes])];
  }
}

/** As `src/targets/walk.rs` reads them: two bytes of choices, then the stream. */
function* walkSeeds() {
  for (const { vector, bytes } of frameVectors()) {
    const flags =
      (vector.permessage_deflate ? 1 : 0) | (vector.role === 'client' ? 2 : 0);

    yield [vector.name, Buffer.concat([Buffer.from([flags, 1]), bytes])];
  }
}

/** As `src/targets/handshake.rs` reads them: four bytes of choices, then header lines. */
function* handshakeSeeds() {
  const fields = {
    extensions: 'Sec-WebSocket-Extensions',
    subprotocols: 'Sec-WebSocket-Protocol',
    deflate: 'Sec-WebSocket-Extensions'
  };

  for (const [file, field] of Object.entries(fields)) {
    for (const { header } of read('handshake', `${file}.json`)) {
      if (typeof header !== 'string') continue;
      const lines = Buffer.from(`\0\0\0\0:\n${field}:${header}`, 'latin1');

      yield [`${file} ${header}`, lines];
    }
  }
}

function* frameVectors() {
  for (const file of readdirSync(join(vectors, 'frames'))) {
    if (!file.endsWith('.json')) continue;
    for (const vector of read('frames', file)) {
      const lines = vector.bytes ?? vector.chunks.flat();
      const bytes = Buffer.concat(lines.map(parseBytes));

      if (bytes.length < 4096) yield { vector, bytes };
    }
  }
}

function read(...path) {
  return JSON.parse(readFileSync(join(vectors, ...path), 'utf8'));
}
