// How the connections of ws accelerated are made: on TCP, or with FRAMEWRIGHT_TEST_HTTP2 as streams of HTTP/2.

import { Scene } from './scene.mjs';

export const isHttp2 = Boolean(process.env.FRAMEWRIGHT_TEST_HTTP2);

/** What plays ws accelerated. Stock ws, which it is compared with, is on TCP. */
export const OurScene = isHttp2
  ? (await import('../../http2/scene.mjs')).Http2Scene
  : Scene;
