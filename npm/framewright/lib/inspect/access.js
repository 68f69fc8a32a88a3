'use strict';

const { createHash, randomBytes, timingSafeEqual } = require('crypto');

const Refusal = require('./refusal');

/** The shortest token that somebody may choose, in characters. */
const MIN_TOKEN_LENGTH = 16;

const LOOPBACK_ADDRESS = /^(?:::ffff:)?127\.|^::1$/;
const LOOPBACK_NAME = /^(?:(?:[^.]+\.)*localhost|127(?:\.\d+){3}|\[::1\])$/;

/** Header fields by which a proxy says whose request it passes on. */
const FORWARDED = [
  'cf-connecting-ip',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-real-ip'
];

/**
 * Who may see the inspector: this machine, asking by a name of its own, from the
 * inspector's own page, with the token.
 */
class Access {
  #digest;
  #hosts;
  #isChosen;
  #token;

  /**
   * @param {Object} options The options
   * @param {String[]} [options.hosts] Names by which other machines may ask
   * @param {String} [options.token] The token; without one, a random token is
   *     given to whoever on this machine asks for the page
   * @throws {TypeError|RangeError} If they don't fit
   */
  constructor({ hosts, token }) {
    if (token !== undefined) checkToken(token);

    if (hosts !== undefined && token === undefined) {
      throw new TypeError('options.hosts needs options.token');
    }

    this.#isChosen = token !== undefined;
    this.#token = token ?? randomBytes(24).toString('base64url');
    this.#digest = digestOf(this.#token);
    this.#hosts = hosts?.map((host) => host.toLowerCase());
  }

  /**
   * For every request: the machine, the name, the page that it comes from.
   *
   * @param {IncomingMessage} req The request
   * @throws {Refusal} If it isn't allowed
   */
  checkRequest({ headers, socket }) {
    const isRemote =
      !LOOPBACK_ADDRESS.test(socket.remoteAddress ?? '') ||
      FORWARDED.some((name) => headers[name] !== undefined);

    if (isRemote && this.#hosts === undefined) {
      throw new Refusal(403, 'The inspector is for this machine only');
    }

    const host = urlOf(`http://${headers.host}`);

    if (!this.#isOurs(host)) {
      throw new Refusal(403, 'The inspector goes by another host name');
    }

    if (!isSameOrigin(headers)) {
      throw new Refusal(403, 'The inspector is for its own page only');
    }
  }

  /**
   * For the page's address: may add the cookie that brings the token along.
   *
   * @param {IncomingMessage} req The request
   * @param {String} [token] The token in the page's address
   * @return {(String|undefined)} A value for `Set-Cookie`
   * @throws {Refusal} If it isn't allowed
   */
  admit(req, token) {
    if (this.#isChosen && token === undefined) {
      this.checkToken(req);
      return undefined;
    }

    if (this.#isChosen && !this.#isToken(token)) throw wrongToken();

    const { encrypted } = req.socket;

    return (
      `${cookieNameOf(req)}=${this.#token}; HttpOnly; SameSite=Strict` +
      (encrypted ? '; Secure' : '')
    );
  }

  /**
   * For what only the page and other holders of the token may see.
   *
   * @param {IncomingMessage} req The request
   * @throws {Refusal} If it isn't allowed
   */
  checkToken(req) {
    // Requests of other sites that bring cookies, but tell no origin.
    const site = req.headers['sec-fetch-site'] ?? 'none';

    if (site !== 'same-origin' && site !== 'none') {
      throw new Refusal(403, 'The inspector is for its own page only');
    }

    const bearer = /^Bearer +(\S+)$/i.exec(req.headers.authorization ?? '');

    if (!this.#isToken(bearer ? bearer[1] : cookieOf(req))) throw wrongToken();
  }

  #isOurs(host) {
    return (
      host !== null &&
      (LOOPBACK_NAME.test(host.hostname) ||
        (this.#hosts !== undefined && this.#hosts.includes(host.hostname)))
    );
  }

  #isToken(token) {
    return (
      token !== undefined && timingSafeEqual(digestOf(token), this.#digest)
    );
  }
}

function checkToken(token) {
  if (typeof token !== 'string') {
    throw new TypeError('options.token must be a string');
  }

  // What a cookie and a header field can carry.
  if (token.length < MIN_TOKEN_LENGTH || !/^[\w.~+/=-]*$/.test(token)) {
    throw new RangeError(
      `options.token must have at least ${MIN_TOKEN_LENGTH} characters, ` +
        'letters, digits or any of -._~+/='
    );
  }
}

function wrongToken() {
  return new Refusal(401, 'The inspector needs the right token', {
    'WWW-Authenticate': 'Bearer'
  });
}

/** Of equal length, for `timingSafeEqual()`. */
function digestOf(token) {
  return createHash('sha256').update(token).digest();
}

function urlOf(text) {
  return URL.canParse(text) ? new URL(text) : null;
}

/** Only browsers send an origin, and not with every request. */
function isSameOrigin({ host, origin }) {
  if (origin === undefined) return true;

  const url = urlOf(origin);

  return url !== null && urlOf(`${url.protocol}//${host}`)?.host === url.host;
}

/** Cookies don't tell ports apart, so their names do. */
function cookieNameOf({ socket }) {
  return `framewright-${socket.localPort}`;
}

function cookieOf(req) {
  const prefix = `${cookieNameOf(req)}=`;

  return req.headers.cookie
    ?.split(/; */)
    .find((cookie) => cookie.startsWith(prefix))
    ?.slice(prefix.length);
}

module.exports = Access;
