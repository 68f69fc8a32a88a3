// Sources on the network: they may be elsewhere, refuse, end, and come back.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import http from 'node:http';
import { after, before, describe, it } from 'node:test';

import {
  LiveEncoder,
  PREAMBLE
} from '../../../npm/inspector/scripts/live-encoder.mjs';
import { missingInspector, withPage } from '../support/page.mjs';

const TEXT = Buffer.from('\x81\x05Hello', 'latin1');

describe('a source', { skip: missingInspector() }, () => {
  let inspector;
  let page;
  let server;
  let origin;
  let tap;

  withPage((opened) => ({ inspector, page } = opened));
  before(async () => {
    server = http.createServer((request, response) => {
      // The page comes from file://.
      response.setHeader('Access-Control-Allow-Origin', '*');
      response.setHeader('Access-Control-Allow-Headers', 'authorization');
      if (request.method === 'OPTIONS') response.end();
      else if (request.url === '/two.hex') response.end('8100 8100');
      else if (request.url !== '/tap') response.writeHead(404).end();
      else if (request.headers.authorization !== 'Bearer right')
        response.writeHead(401).end('the token is wrong\n');
      else {
        const live = new LiveEncoder();
        tap = response;
        tap.write(PREAMBLE);
        tap.write(live.start(1_767_225_600_000_000, 'a test'));
        tap.write(live.open(0, 0, {}));
        tap.write(live.chunk(1000, 0, true, TEXT));
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    origin = `http://127.0.0.1:${server.address().port}`;
  });
  after(() => {
    server?.closeAllConnections();
    server?.close();
  });

  const goTo = (hash) => page.evaluate((hash) => (location.hash = hash), hash);

  it('follows the page’s address', async () => {
    await goTo(`src=${origin}/two.hex`);
    await inspector.sourceReads(/^two\.hex/);
    await inspector.rowsShown(2);
    await goTo(`live=${origin}/tap&token=right`);
    await inspector.sourceReads(/● live\s*a test/);
    await inspector.rowsShown(1);
    await goTo('');
    await inspector.sourceReads(/^Sample session/);
  });

  it('that fails says why, and leaves what is open', async () => {
    await goTo(`src=${origin}/none`);
    await inspector.reads('.notice.bad', /\/none: the answer was 404$/);
    await inspector.sourceReads(/^Sample session/);
    await goTo(`live=${origin}/tap&token=wrong`);
    await inspector.reads('.notice.bad', /answered 401: the token is wrong$/);
    await goTo(`live=${origin}/none`);
    await inspector.reads('.notice.bad', /there is no tap at http/);
    await goTo('live=http://127.0.0.1:9/tap');
    await inspector.reads(
      '.notice.bad',
      /no answer from http:\/\/127.0.0.1:9 /
    );
  });

  it('that went away is watched again by a button', async () => {
    await goTo(`live=${origin}/tap&token=right`);
    await inspector.sourceReads(/● live/);
    tap.destroy();
    await inspector.reads('.notice.bad', /the connection to http.* was lost$/);
    const dialog = page.locator('fw-live-dialog');
    await page.getByRole('button', { name: 'Live', exact: true }).click();
    assert.equal(
      await dialog.locator('[name=url]').inputValue(),
      `${origin}/tap`
    );
    assert.equal(await dialog.locator('[name=token]').inputValue(), 'right');
    await dialog.getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Reconnect' }).click();
    await inspector.sourceReads(/● live/);
    await page
      .getByRole('button', { name: 'Reconnect' })
      .waitFor({ state: 'hidden' });
    await inspector.rowsShown(1);
  });
});
