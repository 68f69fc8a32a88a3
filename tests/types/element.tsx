// The element in React's JSX.

import '@framewright/inspector/react';
import type { FrameInspector } from '@framewright/inspector/react';

function open(element: FrameInspector | null) {
  void element?.open('81 00');
}

export const good = (
  <frame-inspector ref={open} className="frames" src="/a.pcapng" theme="dark" />
);

// @ts-expect-error: there is no such theme
export const bad = <frame-inspector theme="blue" />;
