/** The static page: a single inspector, told what to show by the address. */

import './element.js';
