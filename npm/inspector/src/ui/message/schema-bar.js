import { html, nothing } from 'lit';

/**
 * Which type a protobuf message is of. `known` is `{ types, problem }`; calls
 * `choose(name)`, '' for the type that fits.
 */
export function schemaBar(schemas, known, toClient, choose) {
  if (schemas.files.length === 0)
    return html`<p class="schema muted">
      Without a schema, fields have only numbers. Drop .proto files or
      descriptor sets onto the page, or
      <button class="link" @click=${wantFiles}>choose them</button>.
    </p>`;
  if (known?.problem)
    return html`<p class="schema problem" role="alert">${known.problem}</p>`;
  return html`<div class="schema">
    <label
      >Type
      <select class="input" @change=${({ target }) => choose(target.value)}>
        <option value="">The one that fits</option>
        ${(known?.types ?? []).map(
          (name) =>
            html`<option
              value=${name}
              ?selected=${schemas.types[toClient] === name}
            >
              ${name}
            </option>`
        )}
      </select></label
    >
    <span class="muted"
      >${schemas.files.map(({ name }) => name).join(', ') || nothing}</span
    >
  </div>`;
}

function wantFiles({ target }) {
  target.dispatchEvent(
    new CustomEvent('want-files', { bubbles: true, composed: true })
  );
}
