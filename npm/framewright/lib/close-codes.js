'use strict';

/**
 * The close codes that framewright closes connections with by its own decision.
 * Those that answer an error come with the codec's errors (RFC 6455, section
 * 7.4.1, and the registry of section 11.7).
 */
module.exports = {
  POLICY_VIOLATION: 1008,
  INTERNAL_ERROR: 1011,
  TRY_AGAIN_LATER: 1013
};
