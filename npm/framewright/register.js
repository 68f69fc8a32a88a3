'use strict';

require('./lib/register')();
