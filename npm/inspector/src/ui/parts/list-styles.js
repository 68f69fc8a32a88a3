import { css } from 'lit';

import { findingStyles } from './findings.js';
import { basics } from './theme.js';
import { virtualRowsStyles } from './virtual-rows.js';

/** What the lists of connections and of frames look like: a column that scrolls, with findings in its rows. */
export const listStyles = [
  basics,
  virtualRowsStyles,
  findingStyles,
  css`
    :host {
      display: flex;
      flex-direction: column;
      min-height: 0;
    }
  `
];
