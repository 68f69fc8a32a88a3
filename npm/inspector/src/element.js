/** Defines `<frame-inspector>`. */

export { FrameInspector } from './ui/inspector.js';
