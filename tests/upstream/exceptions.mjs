// The tests of ws that fail on accelerated ws, and why each may. docs/ws-tests.md says the same to users.

const BOTH = ['native', 'wasm'];

/** What ws keeps in a private field, and the codec in memory of its own. */
const FIELDS = [
  [
    'receiver: Receiver resets `totalPayloadLength` only on final frame (fragmented)',
    'reads `_totalPayloadLength`: the codec counts a message that is not complete',
    BOTH
  ],
  [
    'receiver: Receiver resets `totalPayloadLength` only on final frame (fragmented + ping)',
    'reads `_totalPayloadLength`: the codec counts a message that is not complete',
    BOTH
  ],
  [
    'websocket: WebSocket permessage-deflate consumes all received data when connection is closed (1/2)',
    'reads `_receiver._state`: the codec keeps where in a frame a connection is',
    BOTH
  ],
  [
    'websocket: WebSocket permessage-deflate consumes all received data when connection is closed (2/2)',
    'reads `_receiver._state`: the codec keeps where in a frame a connection is; and natively nothing is left in the socket, since no message waits for zlib',
    BOTH
  ],
  [
    'websocket: WebSocket permessage-deflate #close can be used while data is being decompressed',
    'reads `_receiver._state`: the codec keeps where in a frame a connection is',
    BOTH
  ],
  [
    'websocket: WebSocket permessage-deflate #terminate can be used while data is being decompressed',
    'reads `_receiver._state`: the codec keeps where in a frame a connection is',
    BOTH
  ],
  [
    'permessage-deflate: PerMessageDeflate #compress and #decompress honors the `zlib{Deflate,Inflate}Options` option',
    'reads `_deflate._level` and `_inflate._chunkSize`: the addon compresses, so there are no zlib streams',
    ['native']
  ]
];

/** What can only be seen while zlib's thread pool works. The addon is done before it returns. */
const ASYNCHRONOUS = [
  [
    'create-websocket-stream: createWebSocketStream The returned stream handles backpressure (2/3)',
    'waits for the receiver to be full while a message is inflated'
  ],
  [
    'create-websocket-stream: createWebSocketStream The returned stream handles backpressure (3/3)',
    'waits for the receiver to be full while a message is inflated'
  ],
  [
    'receiver: Receiver ignores any data after a close frame',
    'writes to the receiver after a close frame that is to wait for a message to be inflated'
  ],
  [
    "websocket: WebSocket Events emits the 'error' event only once (2/2)",
    'wants a file to be read before five frames are inflated, and the frame after them fails'
  ],
  [
    'websocket: WebSocket permessage-deflate handles a close frame received while compressing data',
    'wants messages to be still being compressed when the answer comes'
  ],
  [
    'websocket: WebSocket permessage-deflate #send calls the callback if the socket is closed prematurely',
    'wants messages to be still being compressed when the connection ends'
  ]
];

/** @type {{ name: string, reason: string, backends: string[] }[]} */
export const EXCEPTIONS = [
  ...FIELDS.map(([name, reason, backends]) => ({ name, reason, backends })),
  ...ASYNCHRONOUS.map(([name, reason]) => ({
    name,
    reason,
    backends: ['native']
  }))
];

/** The names of the tests that may fail on a backend. */
export function exceptionsOf(backend) {
  return EXCEPTIONS.filter(({ backends }) => backends.includes(backend)).map(
    ({ name }) => name
  );
}
