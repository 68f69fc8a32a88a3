// VitePress's own theme, in the inspector's colours.
import DefaultTheme from 'vitepress/theme';

import './style.css';

export default DefaultTheme;
