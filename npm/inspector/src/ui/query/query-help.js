import { html } from 'lit';

const EXAMPLES = [
  ['opcode==ping', 'pings; also text, binary, close, pong, reserved'],
  ['!json.type=="hb"', 'all but messages whose JSON has type "hb"'],
  ['len>1k', 'payloads over 1,000 bytes'],
  ['dir==client', 'sent by the client'],
  ['conn==3', 'one connection'],
  ['name==ada', 'connections that the app calls so'],
  ['lint>=warning', 'frames with findings'],
  ['hello "two words"', 'texts in the content, in any case'],
  ['/lot:\\d+/i', 'a regular expression'],
  ['hex:cafe??01', 'bytes, ?? for any'],
  ['time>1.5s time<2s', 'a stretch of time'],
  ['(opcode==ping or opcode==pong) !masked', 'and, or, not, brackets']
];

/** The examples; `set(query)` is called with the one that is clicked. */
export function queryHelp(set) {
  return html`<div class="help">
    ${EXAMPLES.map(
      ([example, meaning]) =>
        html`<button @click=${() => set(example)}>${example}</button
          ><span>${meaning}</span>`
    )}
  </div>`;
}

/** What the engine says of a query, and the part of the query that it means. */
export function queryProblem(query, { message, start, end }) {
  const bytes = new TextEncoder().encode(query);
  const part = (from, to) => new TextDecoder().decode(bytes.subarray(from, to));
  return html`${message}
    <pre>
${part(0, start)}<mark>${part(start, end) || '␣'}</mark>${part(end)}</pre>`;
}
