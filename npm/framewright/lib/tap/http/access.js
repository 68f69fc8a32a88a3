'use strict';

const { createHash, randomBytes, timingSafeEqual } = require('crypto');

const Guesses = require('./guesses');
const isForwarded = require('./forwarded');
const Refusal = require('../refusal');

/** The shortest token that somebody may choose, in characters. */
const MIN_TOKEN_LENGTH = 16;

const LOOPBACK_ADDRESS = /^(?:::ffff:)?127\.|^::1$/;
const LOOPBACK_NAME = /^(?:(?:[^.]+\.)*localhost|127(?:\.\d+){3}|\[::1\])$/;

/** RFC 9110, section 7.2: a name or an address, and maybe a port. */
const HOST = /^([\w.-]+|\[[\da-f:.]+\])(?::\d{0,5})?$/i;

/**
 * Who may see the inspector: whoever has the token and asks from this machine,
 * by one of this machine's names, and from the inspector's own page.
 */
class Access {
  #digest;
  #guesses = new Guesses();
  #hosts;
  #isChosen;
  #session = randomBytes(32).toString('base64url');
  #sessionDigest = digestOf(this.#session);
  #token;

  /**
   * @param {Object} options The options
   * @param {String[]} [options.hosts] Names by which other machines may ask
   * @param {String} [options.token] The token; a random one by default
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
   * Whether somebody chose the token, and so knows it.
   *
   * @type {Boolean}
   */
  get isChosen() {
    return this.#isChosen;
  }

  /**
   * @param {String} page The page's address
   * @return {String} The address with the token
   */
  addressOf(page) {
    return `${page}?token=${encodeURIComponent(this.#token)}`;
  }

  /**
   * Checks, for every request, the machine, the host name, and the page that
   * the request comes from.
   *
   * @param {IncomingMessage} req The request
   * @throws {Refusal} If it isn't allowed
   */
  checkRequest(req) {
    const { headers, rawHeaders, url } = req;

    if (isRemote(req) && this.#hosts === undefined) {
      throw new Refusal(403, 'The inspector is for this machine only');
    }

    // A proxy may go by another name than Node: by the second field, or the URL.
    const isClear = url.startsWith('/') && countOf(rawHeaders, 'host') < 2;

    if (!isClear || !this.#isOurs(hostnameOf(headers.host))) {
      throw new Refusal(403, 'The inspector goes by another host name');
    }

    if (!isSameOrigin(headers)) {
      throw new Refusal(403, 'The inspector is for its own page only');
    }
  }

  /**
   * For requests for the page: may return the cookie with which the page asks
   * for everything else.
   *
   * @param {IncomingMessage} req The request
   * @param {String} [token] The token in the page's address
   * @return {Promise<(String|undefined)>} A value for `Set-Cookie`
   * @throws {Refusal} If it isn't allowed
   */
  async admit(req, token) {
    if (token === undefined) {
      await this.checkToken(req);
      return undefined;
    }

    await this.#checkGuess(req, token);

    const { encrypted } = req.socket;

    return (
      `${cookieNameOf(req)}=${this.#session}; HttpOnly; SameSite=Strict` +
      (encrypted ? '; Secure' : '')
    );
  }

  /**
   * For requests for what only the page and other holders of the token may see.
   *
   * @param {IncomingMessage} req The request
   * @return {Promise} Fulfilled if it is allowed
   * @throws {Refusal} If it isn't
   */
  async checkToken(req) {
    // Requests from other sites that bring cookies but tell no origin.
    const site = req.headers['sec-fetch-site'] ?? 'none';

    if (site !== 'same-origin' && site !== 'none') {
      throw new Refusal(403, 'The inspector is for its own page only');
    }

    const bearer = /^Bearer +(\S+)$/i.exec(req.headers.authorization ?? '');
    const cookie = cookieOf(req);

    if (bearer) await this.#checkGuess(req, bearer[1]);
    else if (cookie === undefined) throw wrongToken('its token');
    else if (!isEqual(cookie, this.#sessionDigest)) {
      await this.#checkGuess(req, cookie);
    }
  }

  /**
   * Cookies are random and never wait. Nor does a right token that is random,
   * since nobody can guess it. A right token that somebody chose may wait like
   * a wrong one. Otherwise whoever guesses could hang up after a moment and
   * know.
   */
  async #checkGuess(req, token) {
    if (!this.#isChosen && isEqual(token, this.#digest)) return;

    const place = `${req.socket.remoteAddress} ${isRemote(req)}`;
    const turn = this.#guesses.turn(req, place);

    if (turn !== undefined) await turn;

    if (!isEqual(token, this.#digest)) {
      this.#guesses.wrong();
      throw wrongToken('the right token');
    }
  }

  #isOurs(hostname) {
    return (
      hostname !== null &&
      (LOOPBACK_NAME.test(hostname) ||
        (this.#hosts !== undefined && this.#hosts.includes(hostname)))
    );
  }
}

function wrongToken(needed) {
  return new Refusal(401, `The inspector needs ${needed}`, {
    'WWW-Authenticate': 'Bearer'
  });
}

function checkToken(token) {
  if (typeof token !== 'string') {
    throw new TypeError('options.token must be a string');
  }

  // What a header field can carry.
  if (token.length < MIN_TOKEN_LENGTH || !/^[\w.~+/=-]*$/.test(token)) {
    throw new RangeError(
      `options.token must have at least ${MIN_TOKEN_LENGTH} characters, ` +
        'letters, digits or any of -._~+/='
    );
  }
}

/** Of equal length, for `timingSafeEqual()`. */
function digestOf(token) {
  return createHash('sha256').update(token).digest();
}

function isEqual(token, digest) {
  return timingSafeEqual(digestOf(token), digest);
}

function isRemote(req) {
  return (
    !LOOPBACK_ADDRESS.test(req.socket.remoteAddress ?? '') || isForwarded(req)
  );
}

function countOf(rawHeaders, name) {
  return rawHeaders.filter(
    (field, index) => index % 2 === 0 && field.toLowerCase() === name
  ).length;
}

/** As browsers write it, or `null`: others may be read in more than one way. */
function hostnameOf(host) {
  const [, name] = HOST.exec(host ?? '') ?? [];

  if (name === undefined) return null;

  const hostname = urlOf(`http://${name}`)?.hostname;

  return hostname === name.toLowerCase() ? hostname : null;
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
