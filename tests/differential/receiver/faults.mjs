// Everything a peer may do wrong, one function each.

import { compress } from '../../lib/compressed.mjs';
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  PING,
  PONG,
  TEXT
} from '../../lib/frames.mjs';
import { someText, spoilText } from '../../lib/texts.mjs';

const FOREIGN = [
  Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'),
  Buffer.from('HTTP/1.1 200 OK\r\n\r\n'),
  Buffer.from('16030100dc010000d80303', 'hex'),
  Buffer.from('SSH-2.0-OpenSSH_9.9\r\n'),
  Buffer.alloc(64),
  Buffer.alloc(64, 0xff)
];

let bomb;

const FAULTS = {
  rsvBits(stream) {
    const opcode = stream.random.pick([TEXT, BINARY, PING, PONG, CLOSE]);
    stream.frame({
      rsv: stream.random.between(1, 7),
      opcode,
      payload: some(stream)
    });
  },

  rsvOnContinuation(stream) {
    stream.frame({ fin: false, opcode: TEXT, payload: text(stream) });
    stream.frame({ rsv: stream.random.between(1, 7), opcode: CONTINUATION });
  },

  reservedOpcode(stream) {
    const opcode = stream.random.pick([3, 4, 5, 6, 7, 11, 12, 13, 14, 15]);
    stream.frame({
      fin: stream.random.chance(0.8),
      opcode,
      payload: some(stream)
    });
  },

  continuationOfNothing(stream) {
    const fin = stream.random.chance(0.5);
    stream.frame({ fin, opcode: CONTINUATION, payload: some(stream) });
  },

  messageInMessage(stream) {
    const { random } = stream;
    stream.frame({ fin: false, opcode: TEXT, payload: text(stream) });
    if (random.chance(0.5)) stream.control();
    const opcode = random.pick([TEXT, BINARY]);
    stream.frame({ fin: random.chance(0.5), opcode, payload: some(stream) });
  },

  fragmentedControl(stream) {
    const opcode = stream.random.pick([PING, PONG, CLOSE]);
    stream.frame({ fin: false, opcode, payload: some(stream) });
  },

  longControl(stream) {
    const opcode = stream.random.pick([PING, PONG, CLOSE]);
    const payload = stream.noise(stream.random.pick([0, 1, 126, 127, 300]));
    stream.frame({ opcode, payload, lenBits: stream.random.pick([16, 64]) });
  },

  wrongMaskBit(stream) {
    const maskingKey = stream.isServer ? undefined : stream.maskingKey();
    const opcode = stream.random.pick([TEXT, BINARY, PING, PONG, CLOSE]);
    stream.frame({ opcode, payload: some(stream), maskingKey });
  },

  hugeLen(stream) {
    const declaredLen = stream.random.pick([
      2n ** 53n - 1n,
      2n ** 53n,
      2n ** 63n - 1n,
      2n ** 63n,
      2n ** 64n - 1n,
      2n ** 32n,
      2n ** 31n
    ]);
    const opcode = stream.random.pick([TEXT, BINARY]);
    stream.frame({ opcode, payload: some(stream), lenBits: 64, declaredLen });
  },

  pastMaxPayload(stream) {
    const { random } = stream;
    const len = Math.min(stream.maxPayload, 5000) + random.between(0, 2);
    const payload = stream.noise(len);
    if (random.chance(0.5)) {
      stream.frame({ opcode: BINARY, payload });
      return;
    }
    const at = random.below(len + 1);
    stream.frame({
      fin: false,
      opcode: BINARY,
      payload: payload.subarray(0, at)
    });
    if (random.chance(0.3)) stream.control();
    stream.frame({ opcode: CONTINUATION, payload: payload.subarray(at) });
  },

  pastMaxFragments(stream) {
    const count =
      Math.min(stream.maxFragments, 8) + stream.random.between(-1, 2);
    stream.frame({ fin: false, opcode: TEXT, payload: Buffer.from('a') });
    for (let i = 1; i < count; i++) {
      stream.frame({
        fin: false,
        opcode: CONTINUATION,
        payload: Buffer.from('b')
      });
    }
    stream.frame({ opcode: CONTINUATION });
  },

  badUtf8(stream) {
    stream.message(
      TEXT,
      spoilText(stream.random, someText(stream.random, stream.len()))
    );
  },

  badUtf8NeverEnded(stream) {
    const bad = spoilText(stream.random, someText(stream.random, stream.len()));
    stream.frame({ fin: false, opcode: TEXT, payload: bad });
    if (stream.random.chance(0.5)) stream.control();
  },

  badUtf8InALongFrame(stream) {
    const { random } = stream;
    const bad = spoilText(random, someText(random, random.between(100, 4000)));
    stream.frame({ opcode: TEXT, payload: bad });
  },

  close(stream) {
    stream.close();
  },

  garbage(stream) {
    const { random } = stream;
    stream.writer.raw(stream.noise(random.between(1, 60)));
  },

  foreignProtocol(stream) {
    stream.writer.raw(stream.random.pick(FOREIGN));
  },

  badDeflate(stream) {
    const { random } = stream;
    const compressed = Buffer.from(
      compress(someText(random, random.between(1, 300)))
    );
    const how = random.below(3);
    if (how === 0)
      compressed[random.below(compressed.length)] ^= 1 << random.below(8);
    const payload =
      how === 1
        ? compressed.subarray(0, random.below(compressed.length))
        : compressed;
    stream.message(
      TEXT,
      how === 2 ? stream.noise(random.between(1, 50)) : payload,
      4
    );
  },

  bomb(stream) {
    bomb ??= compress(Buffer.alloc(200_000));
    stream.message(BINARY, bomb, 4);
  },

  compressedNeverEnded(stream) {
    const compressed = compress(text(stream));
    stream.frame({ fin: false, rsv: 4, opcode: TEXT, payload: compressed });
    if (stream.random.chance(0.5)) stream.control();
  }
};

const NEEDS_DEFLATE = ['badDeflate', 'bomb', 'compressedNeverEnded'];
const PLAIN = Object.keys(FAULTS).filter(
  (name) => !NEEDS_DEFLATE.includes(name)
);

/** Puts one fault into the stream. */
export function breakStream(stream) {
  const { random, deflate } = stream;
  const names = deflate && random.chance(0.5) ? NEEDS_DEFLATE : PLAIN;
  FAULTS[random.pick(names)](stream);
}

function some(stream) {
  return stream.noise(stream.random.below(12));
}

function text(stream) {
  return someText(stream.random, stream.random.below(12));
}
