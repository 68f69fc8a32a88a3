'use strict';

const ipaddr = require('ipaddr.js');
const proxyaddr = require('proxy-addr');

/** How many of the eight parts of an IPv6 address one customer has: a /64. */
const PARTS = 4;

/**
 * @param {(String|String[]|Function)} [trustProxy] The proxies to trust, in the
 *     form of `proxy-addr`; none by default
 * @return {Function} Takes a request and returns its client's address
 * @throws {TypeError} If it isn't one of these, or no address
 */
function addressFinder(trustProxy) {
  if (trustProxy === undefined) return (req) => req.socket.remoteAddress;

  if (
    typeof trustProxy !== 'function' &&
    ![trustProxy].flat().every((one) => typeof one === 'string')
  ) {
    throw new TypeError(
      'options.trustProxy must be addresses of proxies, or a function'
    );
  }

  const trust =
    typeof trustProxy === 'function'
      ? trustProxy
      : proxyaddr.compile(trustProxy);

  return (req) => proxyaddr(req, trust);
}

/**
 * What an address counts as: IPv4 as it is, also where it is mapped to IPv6,
 * and IPv6 by its network, since whoever has one address has the whole network.
 *
 * @param {(String|undefined)} address An address
 * @return {String} Equal for those that count together
 */
function groupOf(address) {
  if (address === undefined || !ipaddr.isValid(address)) return `${address}`;

  const parsed = ipaddr.process(address);

  if (parsed.kind() === 'ipv4') return parsed.toString();
  return `${parsed.parts.slice(0, PARTS).map(hex).join(':')}::/64`;
}

function hex(part) {
  return part.toString(16);
}

module.exports = { addressFinder, groupOf };
