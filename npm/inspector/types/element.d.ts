/**
 * `<frame-inspector>`: the whole inspector. Importing this module defines it.
 * Attributes: `sample` opens a sample session, `src` a capture (with `keys`),
 * `live` a tap (with `token`), `theme` is `light`, `dark` or absent, `memory`
 * the MiB that a capture may take.
 */
export class FrameInspector extends HTMLElement {
  /** Opens the sample session. */
  sample: boolean;
  /** The address of a capture to open. */
  src: string | null;
  /** The address of a log of its TLS keys. */
  keys: string | null;
  /** The address of a tap to watch. */
  live: string | null;
  /** What the tap wants to be asked with. */
  token: string | null;
  /** Where messages may be sent: `control` of `framewright proxy --allow-send`. */
  control: string | null;
  /** The MiB that what is opened next may take; 1024 at most. */
  memory: number | null;
  /** The system's choice if empty. */
  theme: '' | 'light' | 'dark';

  /**
   * Opens a capture.
   *
   * @param data A file, bytes, or a text as it was pasted; or a file with logs
   *     of its TLS keys
   * @param name What to call it
   */
  open(
    data: Blob | BufferSource | string | Blob[],
    name?: string
  ): Promise<void>;

  /**
   * Watches a tap.
   *
   * @param url Its address
   * @param token What it wants to be asked with
   */
  watch(url: string | URL, token?: string | null): Promise<void>;
}

/** What can be written on the element, in HTML and in JSX. */
export interface FrameInspectorAttributes {
  sample?: boolean;
  src?: string;
  keys?: string;
  live?: string;
  token?: string;
  control?: string;
  memory?: number | string;
  theme?: '' | 'light' | 'dark';
}

declare global {
  namespace JSX {
    /** For frameworks whose JSX is global; React's is in `@framewright/inspector/react`. */
    interface IntrinsicElements {
      'frame-inspector': FrameInspectorAttributes & Record<string, unknown>;
    }
  }
  interface HTMLElementTagNameMap {
    'frame-inspector': FrameInspector;
  }
}
