/** `<frame-inspector>` in React's JSX: `import '@framewright/inspector/react'`. */
import type { ClassAttributes, HTMLAttributes } from 'react';

import type { FrameInspector, FrameInspectorAttributes } from './element.js';

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements {
      'frame-inspector': HTMLAttributes<FrameInspector> &
        ClassAttributes<FrameInspector> &
        FrameInspectorAttributes;
    }
  }
}

export * from './element.js';
