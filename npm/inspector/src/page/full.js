/** The full module, for the page. */

import wasm from '../../wasm/full_bg.wasm.gz';

globalThis.framewrightFull = wasm;
