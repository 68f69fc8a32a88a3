/** The full module, for bundles of the element. */

import wasm from '../wasm/full_bg.wasm.gz';

export default wasm;
