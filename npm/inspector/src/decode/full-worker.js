/** The worker with all decoders, which is loaded when a payload needs one. */

import { serve } from '../engine/rpc.js';
import { BINARY_FORMATS, guessBinary } from './binary-formats.js';
import { Payload } from './payload.js';
import { TEXT_FORMATS, guessText } from './text-formats.js';

serve(
  new Payload(
    { ...TEXT_FORMATS, ...BINARY_FORMATS },
    (bytes, about) => guessText(bytes, about) ?? guessBinary(bytes, about)
  )
);
