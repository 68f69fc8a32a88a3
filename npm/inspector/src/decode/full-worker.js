/** The worker with all decoders, which is loaded when a payload needs one. */

import { serve } from '../engine/rpc.js';
import { BINARY_FORMATS, guessBinary } from './binary/binary-formats.js';
import { compare } from './compare.js';
import { schemaOf } from './binary/protobuf-schema.js';
import { Payload } from './payload.js';
import { TEXT_FORMATS, guessText } from './text/text-formats.js';

class FullPayload extends Payload {
  constructor() {
    super(
      { ...TEXT_FORMATS, ...BINARY_FORMATS },
      (bytes, about) => guessText(bytes, about) ?? guessBinary(bytes, about)
    );
  }

  /** The names of the types in a schema. */
  types(schema) {
    return schemaOf(schema).types;
  }

  /** The payload on the right, beside another. */
  compare(other, mode) {
    return compare(other, this.bytes, mode);
  }
}

serve(new FullPayload());
