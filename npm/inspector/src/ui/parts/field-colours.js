import { css } from 'lit';

/** A field's colour group sets --c (text and lines) and --c-bg (fill). */
export const fieldColours = css`
  .flag {
    --c: var(--flag);
    --c-bg: var(--flag-bg);
  }
  .opcode {
    --c: var(--opcode);
    --c-bg: var(--opcode-bg);
  }
  .mask {
    --c: var(--mask);
    --c-bg: var(--mask-bg);
  }
  .length {
    --c: var(--length);
    --c-bg: var(--length-bg);
  }
  .close {
    --c: var(--close);
    --c-bg: var(--close-bg);
  }
  .payload {
    --c: var(--payload);
    --c-bg: var(--payload-bg);
  }
`;
