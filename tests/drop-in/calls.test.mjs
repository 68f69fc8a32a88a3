// Calls with arguments that are seldom seen: they do what they do in stock ws.

import { decodeMessages } from '../lib/decode-messages.mjs';
import { TEXT } from '../lib/frames.mjs';
import { same } from '../semantics/support/kit.mjs';
import { closed, quiet } from '../semantics/support/scene.mjs';

const ON = { perMessageDeflate: { threshold: 0 } };
const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };

for (const inside of [false, true]) {
  const place = inside ? 'in a handler' : 'outside of handlers';

  /** Runs it at a place, on a connection that has agreed on compression or not. */
  const at = (act, isCompressed) => async (scene) => {
    const { ws, peer } = isCompressed
      ? await scene.accept(ON, OFFER)
      : await scene.accept();
    ws.on('error', (err) => scene.log('error', err));
    if (inside) {
      const done = new Promise((resolve) => {
        ws.once('message', () => resolve(act({ scene, ws, peer })));
      });
      peer.send({ opcode: TEXT });
      await done;
    } else {
      await act({ scene, ws, peer });
    }
    await quiet();
    for (const { first, payload } of decodeMessages(peer.bytes(), true)) {
      scene.log(first, payload);
    }
  };

  for (const err of [undefined, null, new Error('mine')]) {
    same(
      `${place}, socket.destroy(${err && 'an error'}, callback) calls back`,
      at(async ({ scene, ws }) => {
        ws.on('close', (code) => scene.log('close', code));
        ws.send('one', (sendErr) => scene.log('one', sendErr ?? 'sent'));
        ws.send('two', (sendErr) => scene.log('two', sendErr ?? 'sent'));
        const result = ws._socket.destroy(err, (destroyErr) => {
          scene.log('destroyed', destroyErr ?? 'without an error');
        });
        scene.log(result === ws._socket);
        ws._socket.destroy(null, () => scene.log('destroyed again'));
        await closed(ws).catch(() => {});
        ws._socket?.destroy(null, () => scene.log('destroyed later'));
      })
    );
  }

  same(
    `${place}, socket.end() takes what it takes`,
    at(async ({ scene, ws, peer }) => {
      for (let i = 0; i < 4; i++) ws.send(`${i}`);
      ws._socket.end(Buffer.from([0x81, 0x01, 0x78]), () => scene.log('ended'));
      await peer.ended();
    })
  );

  for (const isCompressed of [false, true]) {
    const how = isCompressed ? 'compressed' : 'plain';

    for (const fin of [0, 1, '', 'yes', null, undefined, NaN, {}, [], 0n]) {
      const name = Array.isArray(fin)
        ? 'an array'
        : typeof fin === 'object' && fin
          ? 'an object'
          : `${typeof fin} ${fin}`;

      same(
        `${place}, ${how}: what fin means as ${name}`,
        at(async ({ ws }) => {
          ws.send('first', { fin });
          ws.send(Buffer.from('second'), { fin });
          ws.send('last', { fin: true });
          ws.send('another');
        }, isCompressed)
      );
    }

    const bad = {
      'data of a type that can’t be sent': (ws) => ws.send({}, { fin: false }),
      'a symbol': (ws) => ws.send(Symbol('s'), { fin: false }),
      'nothing that is a Buffer': (ws) => ws.send([Symbol('s')], { fin: true }),
      'a ping that is too long': (ws) => ws.ping(Buffer.alloc(126)),
      'a pong that is too long': (ws) => ws.pong('p'.repeat(126)),
      'a close code that there isn’t': (ws) => ws._sender.close(99, '', false),
      'a close reason that is too long': (ws) =>
        ws._sender.close(1000, 'r'.repeat(124), false)
    };

    for (const [what, call] of Object.entries(bad)) {
      for (const isAmid of [false, true]) {
        const when = isAmid ? 'amid a fragmented message' : 'between messages';

        same(
          `${place}, ${how}: ${what}, sent ${when}, changes nothing`,
          at(async ({ scene, ws }) => {
            ws.send('one');
            if (isAmid) ws.send('frag', { fin: false });
            try {
              call(ws);
              scene.log('not thrown');
            } catch (err) {
              scene.log('thrown', err.constructor.name, err.code);
            }
            ws.send('ments', { fin: true });
            ws.send('two');
            scene.log(ws.bufferedAmount);
          }, isCompressed)
        );
      }
    }
  }
}

for (const isAmid of [false, true]) {
  same(
    `a masking key that can’t be made${isAmid ? ', amid a fragmented message' : ''}, changes nothing`,
    async (scene) => {
      let isBroken = false;
      const { ws, peer } = await scene.connect({
        perMessageDeflate: false,
        generateMask(key) {
          if (isBroken) throw new Error('no key');
          key.fill(7);
        }
      });
      ws.send('one');
      if (isAmid) ws.send('frag', { fin: false });
      for (const data of [
        'text',
        Buffer.from('Buffer'),
        Buffer.alloc(40_000)
      ]) {
        isBroken = true;
        try {
          ws.send(data, { fin: false });
          scene.log('not thrown');
        } catch (err) {
          scene.log(err);
        }
        isBroken = false;
      }
      ws.send('ment', { fin: true });
      ws.send('two');
      await quiet();
      scene.log(...peer.frames());
    },
    { since: '8.10' }
  );
}
