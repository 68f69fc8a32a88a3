/** The sending bar, for the page. */

import define from '../ui/sending/sending.js';

globalThis.framewrightSending = define;
