'use strict';

/**
 * The close codes with which framewright closes connections by its own
 * decision. Codes that answer an error come with the codec's errors (RFC 6455,
 * section 7.4.1, and the registry of section 11.7).
 */
module.exports = {
  POLICY_VIOLATION: 1008,
  INTERNAL_ERROR: 1011,
  TRY_AGAIN_LATER: 1013
};
