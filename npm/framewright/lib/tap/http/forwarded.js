'use strict';

/**
 * Fields that only something on the way adds: a proxy, a load balancer, a CDN, a
 * tunnel. Names are compared in lower case, with `-` for `_`.
 */
const NAMES = new Set([
  'client-cert',
  'connect-time',
  'disguised-host',
  'eagleid',
  'front-end-https',
  'max-forwards',
  'remote-email',
  'remote-groups',
  'remote-host',
  'remote-name',
  'remote-user',
  'rndr-id',
  'surrogate-capability',
  'total-route-time',
  'via',
  'was-default-hostname',
  'x-country-code',
  'x-host',
  'x-https',
  'x-queue-start',
  'x-request-start',
  'x-rewrite-url',
  'x-scheme',
  'x-served-by',
  'x-server-addr',
  'x-server-name',
  'x-server-port',
  'x-site-deployment-id',
  'x-ssl',
  'x-timer',
  'x-unique-id',
  'x-url-scheme'
]);

/** What the names of one product's fields, or of one kind, begin with. */
const PREFIXES = new RegExp(
  `^(?:${[
    // Cloudflare, Google, Amazon, Microsoft, Oracle, DigitalOcean, Alibaba, Tencent
    'cf-|x-cloud-trace-|x-goog-|x-google-|x-appengine-|x-devshell-',
    'cloudfront-|x-amz-|x-amzn-|x-azure-|x-appgw-|x-appservice-|x-arr-|x-fd-|x-ms-|x-waws-',
    'x-oci-|do-connecting-|ali-|eo-|x-tencent-',
    // Akamai, Fastly, Bunny, Sucuri, Imperva, Edgio, and those that follow RFC 8586
    'akamai-|x-akamai-|fastly-|x-fastly-|cdn-|x-cdn|x-edge-|x-sucuri-|incap-|x-ec-',
    // Hosts of apps, and tunnels to an app
    'fly-|x-heroku-|x-vercel-|x-now-|netlify-|x-nf-|x-railway-|x-render-|render-',
    'x-replit-|ngrok-(?!skip-)|x-ngrok-|tailscale-|x-tunnel-|x-localtunnel-',
    // Proxies, meshes and gateways
    'x-envoy-|x-istio-|l5d-|x-kong-|x-consumer-|x-haproxy-|x-nginx-|x-traefik-',
    'x-varnish|x-squid-|x-caddy-|x-iis-|x-lb-|x-load-?balancer|x-backend-|wl-',
    'x-auth-request-|x-authentik-|x-pomerium-|x-webauth-|x-remote-',
    // What the request was before it was changed
    'true-client-|x-orig-|x-original-|x-originating-|x-real-|x-replaced-|x-cluster-|x-ssl-|ssl-|x-tls-',
    'x-client-(?:addr|cert|dn|host|port|proto|scheme|ssl|verify)|x-geo'
  ].join('|')})`
);

/** `Forwarded`, `X-Forwarded-*` and `WL-Proxy-Client-IP`, and what nobody has heard of yet. */
const WORDS = /forwarded|(?:^|-)proxy|proxy(?:-|$)/;

/** `X-Real-IP`, `True-Client-IP`, `X-Azure-ClientIP`, `CF-Connecting-IPv6`, `Remote-Addr`. */
const ADDRESS =
  /(?:^|-|client|connecting|peer|real|remote|source|user)(?:ip|ipv6|ip-?addr(?:ess)?)$|(?:client|peer|real|remote|source)-?addr(?:ess)?$/;

/** With more fields than this, some may be missing: Node drops what is too many. */
const MAX_FIELDS = 100;

/**
 * Whether a request was passed on, and so may have come from anywhere, whatever
 * its connection says. Fields that a browser, its extensions, curl, fetch() or a
 * tracer sends (`X-Requested-With`, `X-Request-Id`, `traceparent`) don't count.
 *
 * @param {IncomingMessage} req The request
 * @return {Boolean} Whether there is a sign of it
 */
function isForwarded(req) {
  const { headers, httpVersionMajor, httpVersionMinor } = req;
  const names = Object.keys(headers);
  const most = req.socket.server?.maxHeadersCount || MAX_FIELDS;

  // Up to 1.29.6, nginx asks in HTTP/1.0 unless it is told otherwise.
  const isOld =
    httpVersionMajor < 1 || (httpVersionMajor === 1 && httpVersionMinor < 1);

  return (
    isOld ||
    req.rawHeaders.length / 2 >= Math.min(most, MAX_FIELDS) ||
    names.some(isMark)
  );
}

function isMark(field) {
  const name = field.toLowerCase().replaceAll('_', '-');

  return (
    NAMES.has(name) ||
    PREFIXES.test(name) ||
    WORDS.test(name) ||
    ADDRESS.test(name)
  );
}

module.exports = isForwarded;
