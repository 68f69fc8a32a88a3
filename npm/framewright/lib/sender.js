'use strict';

function senderMethods() {
  return {};
}

module.exports = senderMethods;
