// Options that there are none of.
import { broadcast, createHub, drained, prepare } from 'framewright/broadcast';
import websockify from 'framewright/koa';
import Koa from 'koa';
import WebSocket from 'ws';

// @ts-expect-error It is `threshold`.
const hub = createHub({ treshold: 1 });
// @ts-expect-error It is `binary`.
prepare('x', { isBinary: true });
// @ts-expect-error It is `slow`.
broadcast([], 'x', { slower: 'skip' });
// @ts-expect-error It is `compress`.
hub.publish('topic', 'x', { compressed: true });
// @ts-expect-error It is `threshold`.
drained(new WebSocket('ws://127.0.0.1'), { treshold: 1 });
// @ts-expect-error It is `maxPayload`.
websockify(new Koa(), { maxPayLoad: 1 });
