// Extensions in which somebody has put methods of their own: these are called as ws calls them, also
// from the middle of a conversation in which messages refer to those before.

import { compress } from '../lib/compressed.mjs';
import { decodeMessages } from '../lib/decode-messages.mjs';
import { CONTINUATION, PING, TEXT } from '../lib/frames.mjs';
import { same } from '../semantics/support/kit.mjs';
import { quiet } from '../semantics/support/scene.mjs';

const ON = { perMessageDeflate: { threshold: 0 } };
const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
const RSV1 = 4;

const METHODS = ['compress', 'decompress', '_compress', '_decompress'];
const TEXTS = Array.from(
  { length: 8 },
  (_, i) => `message ${i} is much like the one before, number ${i - 1}`
);

/** Compresses one message after the other, each with those before it as its history. */
class Talker {
  #history = Buffer.alloc(0);

  constructor(peer) {
    this.peer = peer;
  }

  /** A message's frames. */
  frames(text, count = 1) {
    const bytes = compress(Buffer.from(text), this.#history);
    this.#history = Buffer.concat([this.#history, Buffer.from(text)]);
    const length = Math.ceil(bytes.length / count);
    return Array.from({ length: count }, (_, i) => ({
      fin: i === count - 1,
      rsv: i === 0 ? RSV1 : 0,
      opcode: i === 0 ? TEXT : CONTINUATION,
      payload: bytes.subarray(i * length, (i + 1) * length)
    }));
  }

  async say(...texts) {
    for (const text of texts) this.peer.send(...this.frames(text));
    await quiet(4);
  }
}

/** An echoing server, a client that talks to it, and all that came back. */
function conversation(act) {
  return async (scene) => {
    const { ws, peer } = await scene.accept(ON, OFFER);
    scene.watch(ws);
    ws.on('message', (data) => ws.send(`${data}`));
    const extension = ws._extensions['permessage-deflate'];
    await act({ scene, ws, peer, extension, talker: new Talker(peer) });
    await quiet();
    for (const { first, payload } of decodeMessages(peer.bytes(), true)) {
      scene.log('answer', first, payload);
    }
  };
}

/** Wraps a method until the scenario is over, and logs the calls on this extension. */
function watch(scene, object, extension, name) {
  const own = Object.getOwnPropertyDescriptor(object, name);
  const method = object[name];
  object[name] = function (data, fin, callback) {
    if (this === extension) scene.log(name, Boolean(fin));
    return method.call(this, data, fin, callback);
  };
  scene.onEnd(() => {
    if (own) Object.defineProperty(object, name, own);
    else delete object[name];
  });
}

const PLACES = [
  ['of one connection', (extension) => extension, {}],
  [
    'of all connections',
    (extension) => Object.getPrototypeOf(extension),
    { since: '8.18' }
  ]
];

for (const [place, objectOf, options] of PLACES) {
  for (const name of METHODS) {
    const wrap = (scene, extension) =>
      watch(scene, objectOf(extension), extension, name);

    same(
      `${name}() ${place}, wrapped before the first message, is called`,
      conversation(async ({ scene, extension, talker }) => {
        wrap(scene, extension);
        for (const text of TEXTS) await talker.say(text);
      }),
      options
    );

    same(
      `${name}() ${place}, wrapped between messages, is called from then on`,
      conversation(async ({ scene, extension, talker }) => {
        for (const text of TEXTS.slice(0, 4)) await talker.say(text);
        wrap(scene, extension);
        for (const text of TEXTS.slice(4)) await talker.say(text);
      }),
      options
    );

    same(
      `${name}() ${place}, wrapped amid a fragmented message, is called after it`,
      conversation(async ({ scene, peer, extension, talker }) => {
        await talker.say(TEXTS[0], TEXTS[1]);
        const [first, ...rest] = talker.frames(TEXTS[2], 3);
        peer.send(first, { opcode: PING });
        await quiet(2);
        let count = 0;
        const object = objectOf(extension);
        const own = Object.getOwnPropertyDescriptor(object, name);
        const { [name]: method } = object;
        object[name] = function (...args) {
          if (this === extension) count++;
          return method.apply(this, args);
        };
        scene.onEnd(() => {
          if (own) Object.defineProperty(object, name, own);
          else delete object[name];
        });
        peer.send(...rest);
        await quiet(4);
        count = 0;
        for (const text of TEXTS.slice(3)) await talker.say(text);
        // zlib's streams are opened once, so later calls are what counts.
        scene.log(name, count);
      }),
      options
    );

    same(
      `${name}() ${place}, wrapped while messages are sent in fragments`,
      conversation(async ({ scene, ws, extension, talker }) => {
        ws.send('frag', { fin: false });
        await quiet(4);
        wrap(scene, extension);
        scene.trace.length = 0;
        ws.send('ments', { fin: true });
        await quiet(4);
        scene.trace.length = 0;
        await talker.say(TEXTS[0], TEXTS[1]);
        ws.send('more');
        await quiet(4);
      }),
      options
    );
  }
}

same(
  'compress() that changes what is sent',
  conversation(async ({ extension, talker }) => {
    const { compress } = extension;
    extension.compress = function (_data, ...rest) {
      return compress.call(this, Buffer.from('changed'), ...rest);
    };
    await talker.say(TEXTS[0]);
  }),
  {
    expected: [
      ['ws', 'message', TEXTS[0], false],
      ['answer', 0xc1, 'changed']
    ]
  }
);

same(
  'decompress() that changes what is received',
  conversation(async ({ extension, talker }) => {
    const { decompress } = extension;
    await talker.say(TEXTS[0]);
    extension.decompress = function (data, fin, callback) {
      decompress.call(this, data, fin, (err, text) => {
        callback(err, text && Buffer.from(`${text}!`));
      });
    };
    await talker.say(TEXTS[1]);
  }),
  {
    expected: [
      ['ws', 'message', TEXTS[0], false],
      ['ws', 'message', `${TEXTS[1]}!`, false],
      ['answer', 0xc1, TEXTS[0]],
      ['answer', 0xc1, `${TEXTS[1]}!`]
    ]
  }
);
