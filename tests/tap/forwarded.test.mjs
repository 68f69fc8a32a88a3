// What says that a request came through a proxy, and what doesn't.

import assert from 'node:assert/strict';
import http from 'node:http';
import { createRequire } from 'node:module';
import { it } from 'node:test';

import { TOKEN, cookieOf, listen, request } from './support/watch.mjs';

const require = createRequire(import.meta.url);
const inspect = require('framewright/inspect');

/** By who sends them. */
const MARKS = {
  'RFC 7239, RFC 9110': ['Forwarded', 'Via', 'Max-Forwards'],
  'X-Forwarded': [
    'X-Forwarded',
    ...['By', 'Client-Cert', 'For', 'Host', 'Port', 'Prefix', 'Proto'],
    ...['Scheme', 'Server', 'Ssl', 'User', 'Anything-Else']
  ].map((name, index) => (index === 0 ? name : `X-Forwarded-${name}`)),
  'X-Original': ['Forwarded-For', 'Host', 'Proto', 'Uri', 'URL'].map(
    (name) => `X-Original-${name}`
  ),
  'many a proxy': [
    ...['X-Real-IP', 'X-Real-Port', 'X-Client-IP', 'X-ClientIP', 'Client-IP'],
    ...['X-Cluster-Client-IP', 'X-Remote-IP', 'X-Remote-Addr', 'Remote-Addr'],
    ...['X-Originating-IP', 'X-ProxyUser-Ip', 'Proxy-Client-IP', 'X-Host'],
    ...['WL-Proxy-Client-IP', 'X-Proxy-Anything', 'Proxy-Connection', 'X-IP'],
    ...['X-Scheme', 'X-Rewrite-URL', 'X-SSL-Client-Verify', 'Front-End-Https'],
    ...['X-Request-Start', 'X-User-IP', 'X-Peer-Address', 'Remote-User']
  ],
  'without hyphens': ['X_Forwarded_For', 'X_Real_IP', 'TRUE_CLIENT_IP'],
  'products on this machine': [
    ...['X-NginX-Proxy', 'X-Envoy-External-Address', 'X-Envoy-Anything'],
    ...['X-HAProxy-Server-State', 'X-Varnish', 'Surrogate-Capability'],
    ...['X-Kong-Request-Id', 'X-Istio-Attributes', 'l5d-dst-override'],
    ...['X-Replaced-Path', 'X-Auth-Request-User', 'X-Pomerium-Jwt-Assertion']
  ],
  Cloudflare: ['CF-Connecting-IP', 'CF-Connecting-IPv6', 'CF-Ray', 'CDN-Loop'],
  Fastly: ['Fastly-Client-IP', 'Fastly-FF', 'X-Timer'],
  Akamai: ['True-Client-IP', 'Akamai-Origin-Hop', 'X-Akamai-Config-Log-Detail'],
  Google: ['X-Cloud-Trace-Context', 'X-Goog-IAP-JWT-Assertion'],
  'Google App Engine': ['X-AppEngine-User-IP'],
  Amazon: ['X-Amzn-Trace-Id', 'X-Amz-Cf-Id', 'CloudFront-Viewer-Address'],
  Azure: [
    ...['X-Azure-ClientIP', 'X-Azure-FDID', 'X-FD-HealthProbe', 'X-ARR-SSL'],
    ...['X-ARR-LOG-ID', 'X-MS-Client-Principal', 'X-AppGW-Trace-Id'],
    ...['X-WAWS-Unencoded-URL', 'Disguised-Host', 'X-SITE-DEPLOYMENT-ID']
  ],
  'hosts of apps': [
    ...['Fly-Client-IP', 'Fly-Region', 'Connect-Time', 'Total-Route-Time'],
    ...['X-Vercel-Id', 'X-NF-Client-Connection-IP', 'Netlify-Vary', 'Rndr-Id'],
    ...['DO-Connecting-IP', 'X-Railway-Edge', 'X-Replit-User-Id']
  ],
  tunnels: [
    'Tailscale-User-Login',
    'ngrok-auth-user-email',
    'X-Tunnel-Anything'
  ],
  others: [
    ...['Ali-CDN-Real-IP', 'EagleId', 'EO-Client-IP', 'Incap-Client-IP'],
    ...['X-Sucuri-ClientIP', 'X-EC-Session', 'X-OCI-LB', 'CDN-RequestId']
  ]
};

/** What comes without a proxy. */
const ORDINARY = {
  'a browser': {
    Accept: 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8',
    'Accept-Encoding': 'gzip, deflate, br, zstd',
    'Accept-Language': 'de,en;q=0.7',
    'Alt-Used': 'localhost',
    'Cache-Control': 'max-age=0',
    Connection: 'keep-alive',
    DNT: '1',
    Downlink: '10',
    DPR: '2',
    ECT: '4g',
    'If-None-Match': '"a"',
    'Last-Event-ID': '1',
    Pragma: 'no-cache',
    Priority: 'u=0, i',
    Purpose: 'prefetch',
    RTT: '50',
    'Save-Data': 'on',
    'Sec-CH-UA': '"Chromium";v="140"',
    'Sec-CH-UA-Mobile': '?0',
    'Sec-CH-UA-Platform': '"Linux"',
    'Sec-Fetch-Dest': 'document',
    'Sec-Fetch-Mode': 'navigate',
    'Sec-Fetch-Site': 'none',
    'Sec-Fetch-Storage-Access': 'active',
    'Sec-Fetch-User': '?1',
    'Sec-GPC': '1',
    'Sec-Purpose': 'prefetch',
    'Service-Worker': 'script',
    'Service-Worker-Navigation-Preload': 'true',
    TE: 'trailers',
    'Upgrade-Insecure-Requests': '1',
    'User-Agent': 'Mozilla/5.0',
    'Viewport-Width': '1440',
    'X-Client-Data': 'CIa2yQE='
  },
  'a script, an extension or a tool': {
    'Postman-Token': 'a',
    'User-Agent': 'curl/8.0',
    'X-Correlation-ID': 'a',
    'X-CSRF-Token': 'a',
    'X-Request-ID': 'a',
    'X-Requested-With': 'XMLHttpRequest',
    'X-Skip': 'a',
    'X-Zip': 'a'
  },
  'a tracer': {
    b3: '0',
    baggage: 'a=b',
    'sentry-trace': 'a',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    tracestate: 'a=b',
    'uber-trace-id': 'a',
    'X-B3-TraceId': 'a',
    'x-datadog-trace-id': '1'
  }
};

async function serve(t, options) {
  const server = http.createServer();
  inspect(server, { token: TOKEN, ...options });
  return `http://127.0.0.1:${await listen(t, server)}/__frames/`;
}

for (const [sender, names] of Object.entries(MARKS)) {
  it(`takes for forwarded what brings fields of ${sender}`, async (t) => {
    const base = await serve(t);
    const cookie = await cookieOf(base);
    for (const name of names) {
      for (const value of ['127.0.0.1', '']) {
        const headers = { cookie, [name]: value };
        for (const path of ['', `?token=${TOKEN}`, 'index.html', 'stream']) {
          const answer = await request(base + path, { headers });
          assert.equal(answer.status, 403, `${name} ${path}`);
          assert.equal(answer.body, 'The inspector is for this machine only\n');
          assert.equal(answer.headers['set-cookie'], undefined);
        }
      }
    }
  });
}

for (const [sender, headers] of Object.entries(ORDINARY)) {
  it(`lets in what brings fields of ${sender}`, async (t) => {
    const base = await serve(t);
    const cookie = await cookieOf(base);
    for (const [name, value] of Object.entries(headers)) {
      const { status } = await request(`${base}?token=${TOKEN}`, {
        headers: { [name]: value }
      });
      assert.equal(status, 302, name);
    }
    const all = { ...headers, cookie };
    const page = await request(`${base}index.html`, { headers: all });
    assert.equal(page.status, 200);
  });
}

for (const maxHeadersCount of [null, 40, 1000]) {
  it(`sees a field after others, of which Node takes ${maxHeadersCount ?? 'its default'}`, async (t) => {
    const server = http.createServer();
    server.maxHeadersCount = maxHeadersCount;
    inspect(server, { token: TOKEN });
    const port = await listen(t, server);
    const address = `http://127.0.0.1:${port}/__frames/?token=${TOKEN}`;
    for (const count of [0, 20, 40, 100, 999, 1000, 1200]) {
      const headers = Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`a${index}`, 'b'])
      );
      const { status } = await request(address, {
        headers: {
          host: 'localhost',
          connection: 'close',
          ...headers,
          'x-forwarded-for': '203.0.113.7'
        }
      });
      // Node 20 drops what is too many; later ones refuse it themselves.
      assert.ok([403, 431].includes(status), `${count} fields: ${status}`);
    }
  });
}

it('lets in what was forwarded by a name that it was told', async (t) => {
  const base = await serve(t, { hosts: ['dev.example'] });
  const address = `${base}?token=${TOKEN}`;
  for (const name of Object.values(MARKS).flat()) {
    const headers = { host: 'dev.example', [name]: 'a' };
    assert.equal((await request(address, { headers })).status, 302, name);
    assert.equal((await request(base, { headers })).status, 401, name);
  }
});
