/** Hands octets to the browser as a file to save. */
export function saveOctets(octets, name) {
  const url = URL.createObjectURL(
    new Blob([octets], { type: 'application/octet-stream' })
  );
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
