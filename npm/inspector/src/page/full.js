/** The full module, for the page. */

import wasm from '../../wasm/engine_bg.wasm.gz';

globalThis.framewrightFull = wasm;
