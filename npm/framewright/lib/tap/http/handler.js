'use strict';

const { debuglog } = require('util');

const { headersOf } = require('./page');
const Refusal = require('../refusal');

const debug = debuglog('framewright');

/** Answers the requests that are for the inspector. */
class Handler {
  #access;
  #actions;
  #hint;
  #page;
  #resources;
  #show;

  /**
   * @param {Object} options The options
   * @param {Access} options.access Who may ask
   * @param {Object<String, Function>} [options.actions] By name: functions that
   *     take a POST request with the right token, and its response
   * @param {Function} [options.hint] Called when somebody asks without the
   *     right token; returns what to do about it
   * @param {Page} options.page The page
   * @param {Object<String, Function>} options.resources By name: functions that
   *     take a request with the right token, and its response
   * @param {String} options.show What the page is to show, as after the `#` of
   *     its address
   */
  constructor({
    access,
    actions = {},
    hint = () => '',
    page,
    resources,
    show
  }) {
    this.#access = access;
    this.#actions = actions;
    this.#hint = hint;
    this.#page = page;
    this.#resources = resources;
    this.#show = show;
  }

  /**
   * @param {IncomingMessage} req The request
   * @param {ServerResponse} res The response
   * @param {String} name What is asked for, after the inspector's path
   * @return {Promise} Fulfilled when it is answered, or begins to be
   */
  async handle(req, res, name) {
    for (const [field, value] of Object.entries(headersOf())) {
      res.setHeader(field, value);
    }

    try {
      this.#access.checkRequest(req);

      if (req.method === 'POST' && Object.hasOwn(this.#actions, name)) {
        await this.#access.checkToken(req);
        await this.#actions[name](req, res);
        return;
      }

      if (req.method !== 'GET') {
        throw new Refusal(405, 'The inspector takes only GET', {
          Allow: 'GET'
        });
      }

      if (Object.hasOwn(this.#resources, name)) {
        await this.#access.checkToken(req);
        await this.#resources[name](req, res);
      } else {
        await this.#answer(req, res, name);
      }
    } catch (err) {
      refuse(res, err, err.status === 401 ? this.#hint() : '');
    }
  }

  async #answer(req, res, name) {
    const isAddress = name === '';
    const file = await this.#page.read(isAddress ? 'index.html' : name);

    if (isAddress || name === 'index.html') {
      const token = new URL(req.url, 'http://localhost').searchParams.get(
        'token'
      );
      const cookie = await this.#access.admit(req, token ?? undefined);

      if (cookie !== undefined) res.setHeader('Set-Cookie', cookie);
    }

    if (isAddress) {
      res.writeHead(302, { Location: `index.html#${this.#show}` }).end();
    } else {
      res.writeHead(200, file.headers).end(file.body);
    }
  }
}

function refuse(res, err, hint) {
  const isRefusal = err instanceof Refusal;

  if (!isRefusal) debug('inspector: %O', err);

  if (res.headersSent) {
    res.destroy();
    return;
  }

  res
    .writeHead(isRefusal ? err.status : 500, {
      'Content-Type': 'text/plain; charset=utf-8',
      ...err.headers
    })
    .end(`${isRefusal ? err.message : 'The inspector failed'}${hint}\n`);
}

module.exports = Handler;
