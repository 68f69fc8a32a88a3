/** The worker with all decoders, for bundles of the element. */

import source from 'worker:./decode/full-worker.js';

export default source;
