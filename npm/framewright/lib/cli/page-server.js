'use strict';

const http = require('http');

const Access = require('../tap/http/access');
const Handler = require('../tap/http/handler');
const { Page } = require('../tap/http/page');
const { LOOPBACK } = require('./addresses');
const Failure = require('./failure');

/**
 * Serves the inspector to this machine.
 *
 * @param {Number} port The port, 0 for any free one
 * @param {Object<String, Function>} resources As for `Handler`
 * @param {String} show As for `Handler`
 * @param {Object<String, Function>} [actions] As for `Handler`
 * @return {Promise<{server: http.Server, url: String}>} The server and the
 *     page's address, with its token
 * @throws {Failure} If there is no page, or no such port
 */
async function servePage(port, resources, show, actions) {
  const page = new Page();

  if (page.problem) throw new Failure(page.problem);

  const access = new Access({});
  const handler = new Handler({ access, actions, page, resources, show });
  const server = http.createServer((req, res) => {
    handler.handle(req, res, req.url.split('?', 1)[0].slice(1));
  });

  await listen(server, { host: LOOPBACK, port });

  const origin = `http://${LOOPBACK}:${server.address().port}/`;

  return { server, url: access.addressOf(origin) };
}

/**
 * @param {net.Server} server A server
 * @param {Object} address The address to listen on
 * @return {Promise} Fulfilled when it does
 * @throws {Failure} If it can't
 */
function listen(server, address) {
  return new Promise((resolve, reject) => {
    server.once('error', (err) => {
      reject(new Failure(`can't listen: ${err.message}`));
    });
    server.listen(address, resolve);
  });
}

module.exports = { listen, servePage };
