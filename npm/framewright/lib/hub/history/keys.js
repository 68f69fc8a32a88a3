'use strict';

/**
 * A topic's names in Redis. The braces keep all of them in one slot of a
 * cluster, so characters that would end them are escaped.
 *
 * @param {String} prefix What all names begin with
 * @param {String} topic The topic
 * @return {{log: String, last: String, from: String}} The stream of its
 *     messages, which is also the name of its channel; the id of the last one;
 *     and the prefix of a publisher's name, for how far that publisher has got
 */
function keysOf(prefix, topic) {
  const tag = topic.replaceAll('%', '%25').replaceAll('}', '%7D') || '%';
  const log = `${prefix}{${tag}}`;

  return { log, last: `${log}:last`, from: `${log}:from:` };
}

module.exports = keysOf;
