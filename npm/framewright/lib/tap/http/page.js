'use strict';

const fs = require('fs');
const path = require('path');

const hostRequire = require('../../backend/host-require');
const Refusal = require('../refusal');

const PACKAGE = '@framewright/inspector';

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm'
};

/** The page's own policy, which holds for it wherever it is opened. */
const POLICY = /http-equiv="Content-Security-Policy"\s+content="([^"]+)"/;

/** For everything but the page. */
const STRICT_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'";

/** The inspector's static page, from its package. */
class Page {
  #directory;

  /**
   * @param {Function} [resolve] Finds the package's package.json
   */
  constructor(resolve = hostRequire.resolve) {
    try {
      const file = resolve(`${PACKAGE}/package.json`);

      this.#directory = path.join(path.dirname(file), 'dist', 'page');
    } catch {
      this.#directory = null;
    }
  }

  /**
   * What is missing, or `null`.
   *
   * @type {(String|null)}
   */
  get problem() {
    if (this.#directory === null) {
      return `The inspector isn't installed: npm install --save-dev ${PACKAGE}`;
    }

    return fs.existsSync(path.join(this.#directory, 'index.html'))
      ? null
      : `The inspector isn't built: npm run build -w ${PACKAGE}`;
  }

  /**
   * Reads one of its files.
   *
   * @param {String} name The file's name
   * @return {Promise<{body: Buffer, headers: Object}>} The file
   * @throws {Refusal} If it isn't there
   */
  async read(name) {
    if (this.problem) throw new Refusal(503, this.problem);

    const type = TYPES[path.extname(name)];

    if (!/^[\w-]+\.\w+$/.test(name) || type === undefined) {
      throw new Refusal(404, 'Nothing here');
    }

    let body;

    try {
      body = await fs.promises.readFile(path.join(this.#directory, name));
    } catch {
      throw new Refusal(404, 'Nothing here');
    }

    const policy = type === TYPES['.html'] && POLICY.exec(body.toString())?.[1];

    return {
      body,
      headers: {
        'Content-Type': type,
        ...(policy && headersOf(policy))
      }
    };
  }
}

/** Header fields for every response. */
function headersOf(policy = STRICT_POLICY) {
  return {
    'Cache-Control': 'no-store',
    'Content-Security-Policy': `${policy}; frame-ancestors 'none'`,
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff'
  };
}

module.exports = { Page, headersOf };
