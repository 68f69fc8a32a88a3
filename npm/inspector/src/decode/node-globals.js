/** What libraries made for Node look for. */

import { Buffer } from 'buffer/';

globalThis.global ??= globalThis;
globalThis.Buffer ??= Buffer;
globalThis.process ??= { env: {}, nextTick: queueMicrotask, browser: true };
