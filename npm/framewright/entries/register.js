'use strict';

require('../lib/install/register')();
