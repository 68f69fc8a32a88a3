// All cases. One has
//
//   section      of the RFC
//   name         what it shows
//   writes       what the peer sends: bytes, or lists of frames for `FrameWriter`, to be read one by one
//   cut          how many bytes each write has at most
//   expect       what the endpoint sends back: `echo`, `pong` and `close` below
//   close        code and reason that the endpoint is told
//   isOpenAtEnd  whether the connection is open after the last write
//   failsAt      in which write the fault is to be found, if that is the point
//   stock        what of this is otherwise in stock ws, and why; docs/differences.md has the whys
//   options      the endpoint's
//   offer        the client's Sec-WebSocket-Extensions, where the endpoint is the server
//   answer       the server's, where it is the client
//   roles        the endpoint's, if not both
import { closing } from './cases/closing.mjs';
import { control } from './cases/control.mjs';
import { deflate } from './cases/deflate.mjs';
import { fragments } from './cases/fragments.mjs';
import { framing } from './cases/framing.mjs';
import { limits } from './cases/limits.mjs';
import { reserved } from './cases/reserved.mjs';
import { utf8 } from './cases/utf8.mjs';

export const CASES = [
  ...framing,
  ...control,
  ...reserved,
  ...fragments,
  ...utf8,
  ...closing,
  ...limits,
  ...deflate
];
