/** The full module, for bundles of the element. */

import wasm from '../wasm/engine_bg.wasm.gz';

export default wasm;
