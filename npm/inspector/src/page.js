/** The static page: a single inspector, told what to show by the address. */

import './page/address.js';

import './element.js';
