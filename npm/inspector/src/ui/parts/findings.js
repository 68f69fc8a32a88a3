import { css, html, nothing } from 'lit';

/** A mark for each severity, so that colour isn't the only cue. */
const MARKS = { error: '✕', warning: '!', info: 'i' };

export const findingStyles = css`
  .mark {
    display: inline-flex;
    align-items: center;
    justify-content: center;
    width: 16px;
    height: 16px;
    flex: none;
    border-radius: 4px;
    font: 700 11px/1 var(--sans);
    border: 1px solid currentColor;
  }
  .error {
    color: var(--error);
    --tint: var(--error-bg);
  }
  .warning {
    color: var(--warning);
    --tint: var(--warning-bg);
  }
  .info {
    color: var(--info);
    --tint: var(--info-bg);
  }
  .findings {
    display: flex;
    flex-direction: column;
    gap: 6px;
  }
  .finding {
    display: flex;
    gap: 8px;
    align-items: baseline;
    width: 100%;
    padding: 5px 10px;
    border: 1px solid currentColor;
    border-radius: var(--radius);
    background: var(--tint);
    text-align: left;
    cursor: pointer;
  }
  .finding .mark {
    align-self: center;
  }
  .finding .where {
    margin-left: auto;
    white-space: nowrap;
    color: var(--text);
  }
  .finding .what {
    color: var(--text);
  }
`;

/** The badge of a severity, named for those who don't see it. */
export function severityMark(severity) {
  return html`<span
    class="mark ${severity}"
    role="img"
    aria-label=${severity}
    title=${severity}
    >${MARKS[severity]}</span
  >`;
}

/** The findings of one frame; a click shows the byte. */
export function findingList(findings, onChoose) {
  if (findings.length === 0) return nothing;
  return html`<ul class="findings" aria-label="Findings of this frame">
    ${findings.map(
      (finding) =>
        html`<li>
          <button
            class="finding ${finding.severity}"
            @click=${() => onChoose(finding)}
          >
            ${severityMark(finding.severity)}
            <span class="what">${finding.message}</span>
            <span class="where mono"
              >${finding.section} · byte ${finding.start}</span
            >
          </button>
        </li>`
    )}
  </ul>`;
}
