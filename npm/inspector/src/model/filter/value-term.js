/** The term of a filter that finds a value again. */

const PLAIN_KEY = /^[^\s."()=<>~!:[\]&|]+$/;
const BY_FIELD = {
  fin: ({ value }) => `fin==${value === 1}`,
  rsv1: ({ value }) => `rsv1==${value === 1}`,
  rsv2: ({ value }) => `rsv2==${value === 1}`,
  rsv3: ({ value }) => `rsv3==${value === 1}`,
  opcode: ({ value }) => `opcode==${value}`,
  mask: ({ value }) => `masked==${value === 1}`,
  closeCode: ({ value }) => `close==${value}`
};

/**
 * Of a decoded value.
 *
 * @param {{ key: string, isIndex: boolean }[]} path from the root, for JSON; else null
 * @param {{ type: string, text: string, childCount: number }} node
 */
export function valueTerm(path, { type, text, childCount }) {
  if (text.includes('…')) return null;
  if (path === null) return type === 'string' && text !== '""' ? text : null;
  const steps = path.map(({ key, isIndex }) =>
    isIndex ? `[${key}]` : PLAIN_KEY.test(key) ? `.${key}` : `."${key}"`
  );
  if (steps.length === 0 || path.some(({ key }) => key.includes('"')))
    return null;
  const name = `json${steps.join('')}`;
  return childCount > 0 || ['object', 'array'].includes(type)
    ? name
    : `${name}==${text}`;
}

/** Of what the application calls a connection; null where it has no name. */
export function nameTerm(name) {
  return !name || name.includes('"') ? null : `name==${nameValue(name)}`;
}

/** A name as it stands in a filter. */
export function nameValue(name) {
  const isWord = /^\w[\w.-]*$/.test(name) && !/^(and|or|not)$/i.test(name);
  return isWord ? name : JSON.stringify(name);
}

/** Of a frame's field. */
export function fieldTerm(field, frame) {
  if (/len/i.test(field.kind)) return `len==${frame.payloadLen}`;
  return BY_FIELD[field.kind]?.(field) ?? null;
}
