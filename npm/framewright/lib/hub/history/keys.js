'use strict';

/**
 * What a topic has in Redis. The braces keep all of it in one slot of a cluster,
 * so what would end them is escaped.
 *
 * @param {String} prefix What all names begin with
 * @param {String} topic The topic
 * @return {{log: String, last: String, from: String}} The stream of its messages,
 *     which is also the name of its channel; the id of the last one; and what a
 *     publisher's name is added to, for how far that has got
 */
function keysOf(prefix, topic) {
  const tag = topic.replaceAll('%', '%25').replaceAll('}', '%7D') || '%';
  const log = `${prefix}{${tag}}`;

  return { log, last: `${log}:last`, from: `${log}:from:` };
}

module.exports = keysOf;
