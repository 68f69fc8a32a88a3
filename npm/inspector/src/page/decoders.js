/** The worker with all decoders, for the page. */

import source from 'worker:../decode/full-worker.js';

globalThis.framewrightDecoders = source;
