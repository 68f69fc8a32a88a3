'use strict';

/**
 * Something that the doctor found.
 *
 * @param {String} state `good`, `note` (it works, but see), or `bad`
 * @param {String} text What it is
 * @param {String} [remedy] What to do about it
 * @return {{state: String, text: String, remedy: (String|null)}} The finding
 */
function finding(state, text, remedy = null) {
  return { state, text, remedy };
}

module.exports = finding;
