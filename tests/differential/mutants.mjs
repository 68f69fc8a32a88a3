// Faults to put into stock ws: mistakes that a decoder or an encoder is apt to make. The tests must find each.

/** `[name, file of ws 8.23, text there, text instead, which occurrence (the first, unless told)]` */
export const RECEIVER_MUTANTS = [
  [
    'maxPayload off by one',
    'receiver',
    '_totalPayloadLength > this._maxPayload',
    '_totalPayloadLength >= this._maxPayload'
  ],
  [
    'maxPayload for each frame alone',
    'receiver',
    'if (this._totalPayloadLength >',
    'if (this._payloadLength >'
  ],
  [
    'length of a message never reset',
    'receiver',
    'this._totalPayloadLength = 0;',
    '',
    1
  ],
  ['RSV3 not checked', 'receiver', '& 0x30) !== 0x00', '& 0x20) !== 0x00'],
  [
    'RSV1 taken on continuations',
    'receiver',
    'if (compressed) {',
    'if (false) {'
  ],
  [
    'masking key one byte off',
    'buffer-util',
    'buffer[i] ^= mask[i & 3]',
    'buffer[i] ^= mask[(i + 1) & 3]'
  ],
  [
    'a zero in the key taken for no key',
    'receiver',
    'this._mask[0] | this._mask[1] | this._mask[2] | this._mask[3]',
    'this._mask[0] && this._mask[1]'
  ],
  [
    'a byte written after the chunk',
    'receiver',
    'unmask(data, this._mask);',
    'unmask(data, this._mask); new Uint8Array(data.buffer)[data.byteOffset + data.length] ^= 1;'
  ],
  [
    'control payload of 126 taken',
    'receiver',
    '_payloadLength > 0x7d',
    '_payloadLength > 0x7e'
  ],
  ['close code 1004 taken', 'validation', 'code !== 1004 &&', ''],
  ['close code 1015 taken', 'validation', 'code <= 1014', 'code <= 1015'],
  ['close code 5000 taken', 'validation', 'code <= 4999', 'code <= 5000'],
  [
    'surrogates taken for UTF-8',
    'validation',
    'buf[i] === 0xed &&',
    'false &&'
  ],
  ['overlong UTF-8 taken', 'validation', 'buf[i] === 0xe0 &&', 'false &&'],
  [
    'close reason not checked as UTF-8',
    'receiver',
    '!isValidUTF8(buf)',
    'false',
    1
  ],
  [
    'each fragment checked as UTF-8 alone',
    'receiver',
    'this.dataMessage(cb);\n  }',
    "if (this._opcode === 1 && !isValidUTF8(data)) return cb(this.createError(Error, 'invalid UTF-8 sequence', true, 1007, 'WS_ERR_INVALID_UTF8'));\n    this.dataMessage(cb);\n  }"
  ],
  [
    'maxFragments off by one',
    'receiver',
    '++this._numFragments > this',
    '++this._numFragments >= this'
  ],
  ['fragments never reset', 'receiver', 'this._numFragments = 0;', '', 1],
  [
    'maxBufferedChunks off by one',
    'receiver',
    '_buffers.length >= this._max',
    '_buffers.length > this._max'
  ],
  [
    'a length of 2^53 taken',
    'receiver',
    'Math.pow(2, 53 - 32) - 1',
    'Math.pow(2, 54 - 32) - 1'
  ],
  [
    '16-bit length little-endian',
    'receiver',
    'readUInt16BE(0)',
    'readUInt16LE(0)'
  ],
  ['empty fragments kept', 'receiver', 'if (data.length) {', '{'],
  [
    'text said to be binary',
    'receiver',
    "emit('message', buf, false)",
    "emit('message', buf, true)"
  ],
  [
    'ArrayBuffer of the whole chunk',
    'buffer-util',
    'return buf.buffer.slice(buf.byteOffset, buf.byteOffset + buf.length);',
    'return buf.buffer;'
  ],
  [
    'payload in memory that is used again',
    'receiver',
    'Buffer.allocUnsafe(n)',
    '(Receiver.memory ??= Buffer.alloc(1 << 18)).subarray(0, n)'
  ],
  [
    'ping taken for pong',
    'receiver',
    "=== 0x09 ? 'ping' : 'pong'",
    "=== 0x0a ? 'ping' : 'pong'"
  ],
  [
    'goes on after a close frame',
    'receiver',
    'if (this._opcode === 0x08 && this._state == GET_INFO) return cb();',
    ''
  ],
  ['not ended by a close frame', 'receiver', 'this.end();', ''],
  [
    'deferred events in one turn',
    'receiver',
    'setImmediate(() => {',
    '((run) => run())(() => {',
    1
  ],
  [
    'wrong class of error',
    'receiver',
    "RangeError,\n        'RSV2",
    "Error,\n        'RSV2"
  ],
  ['no close code on errors', 'receiver', 'err[kStatusCode] = statusCode;', ''],
  ['code of an error left out', 'receiver', 'err.code = errorCode;', ''],
  [
    'compression never switched off',
    'receiver',
    'this._compressed = compressed;',
    'this._compressed ||= compressed;'
  ],
  [
    'inflater kept over a final block',
    'permessage-deflate',
    'this._inflate._readableState.endEmitted',
    'false'
  ],
  ['context never reset', 'permessage-deflate', 'this._inflate.reset();', '']
];

export const SENDER_MUTANTS = [
  [
    'wrong form of length at 126',
    'sender',
    'dataLength > 125',
    'dataLength > 126'
  ],
  [
    'wrong form of length at 65536',
    'sender',
    'dataLength >= 65536',
    'dataLength > 65536'
  ],
  [
    'FIN left out',
    'sender',
    'options.fin ? options.opcode | 0x80 : options.opcode',
    'options.opcode'
  ],
  ['MASK bit left out', 'sender', 'target[1] |= 0x80;', ''],
  [
    'masks the data in place',
    'sender',
    'options.mask && options.readOnly && !skipMasking',
    'false'
  ],
  [
    'key made twice',
    'sender',
    'options.generateMask(mask);',
    'options.generateMask(mask); options.generateMask(mask);'
  ],
  ['continuations keep the opcode', 'sender', 'opcode = 0;', ''],
  [
    'first fragment never again',
    'sender',
    'if (options.fin) this._firstFragment = true;',
    ''
  ],
  ['close reason of 124 bytes taken', 'sender', 'length > 123', 'length > 124'],
  [
    'close reason measured in characters',
    'sender',
    'Buffer.byteLength(data);\n\n      if',
    'data.length;\n\n      if'
  ],
  ['close code not checked', 'sender', ' || !isValidStatusCode(code)', ''],
  ['ping of 126 bytes taken', 'sender', 'byteLength > 125', 'byteLength > 126'],
  [
    'callback called twice',
    'sender',
    'this._socket.write(list[1], cb);',
    'this._socket.write(list[1], cb); if (cb) process.nextTick(cb);'
  ],
  [
    'callback forgotten',
    'sender',
    'this._socket.write(list[1], cb);',
    'this._socket.write(list[1]);'
  ],
  [
    'buffered bytes counted wrong',
    'sender',
    'this._bufferedBytes -= params[3][kByteLength];',
    ''
  ],
  [
    'frames overtake a compressing one',
    'sender',
    'if (this._state !== DEFAULT) {',
    'if (false) {',
    3
  ],
  [
    'an empty final fragment not compressed right',
    'permessage-deflate',
    'data.length - 4',
    'data.length - 5'
  ]
];

/**
 * An editor for `loadCopy` that puts one fault in.
 *
 * @param {string[]} mutant
 */
export function mutate([name, file, from, to, occurrence = 0]) {
  return (path, source) => {
    if (path !== `lib/${file}.js`) return source;
    const parts = source.split(from);
    if (parts.length < occurrence + 2)
      throw new Error(`no place for "${name}"`);
    const head = parts.slice(0, occurrence + 1).join(from);
    return head + to + parts.slice(occurrence + 1).join(from);
  };
}
