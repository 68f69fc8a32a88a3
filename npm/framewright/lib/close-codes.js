'use strict';

/**
 * The close codes that framewright itself closes connections with, where it is
 * no answer to an error: those come with the codec's errors (RFC 6455, section
 * 7.4.1, and the registry of section 11.7).
 */
module.exports = {
  POLICY_VIOLATION: 1008,
  INTERNAL_ERROR: 1011,
  TRY_AGAIN_LATER: 1013
};
