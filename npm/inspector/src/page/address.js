/**
 * Says what to show: `#live=<tap>`, with `&token=<token>` where it needs one and
 * `&control=<control>` where messages may be sent, or `#src=<capture>`, with
 * `&keys=<log>` for its TLS keys. Without any, it's the sample session.
 */

const inspector = document.querySelector('frame-inspector');

function follow() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  for (const name of ['live', 'token', 'control', 'src', 'keys'])
    if (wanted.has(name)) inspector.setAttribute(name, wanted.get(name));
    else inspector.removeAttribute(name);
  inspector.toggleAttribute(
    'sample',
    !wanted.has('live') && !wanted.has('src')
  );
}

follow();
addEventListener('hashchange', follow);
