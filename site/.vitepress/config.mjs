// The site is docs/ as it is; what leads out of docs/ goes to the repository.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { defineConfig } from 'vitepress';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const DOCS = path.join(ROOT, 'docs');
const REPOSITORY = 'https://github.com/framewright/framewright';
/** What other tools put in beside the pages, which is not there while they are only served. */
const built = [
  { text: 'Types', link: '/types/index.html', target: '_self' },
  {
    text: 'Rust',
    link: '/rust/framewright_codec/index.html',
    target: '_self'
  }
];

const api = [
  ['framewright, /register', 'framewright'],
  ['/koa', 'koa'],
  ['/broadcast', 'broadcast'],
  ['Hubs with history', 'hub'],
  ['/inspect', 'inspect'],
  ['/heartbeat', 'heartbeat'],
  ['/limits', 'limits'],
  ['/metrics', 'metrics'],
  ['/http2', 'http2'],
  ['The command', 'command'],
  ['Captures', 'captures'],
  ['The codec', 'codec'],
  ['Environment variables', 'environment']
];
const links = (folder, pages) =>
  pages.map(([text, name]) => ({ text, link: `/${folder}${name}` }));

export default defineConfig({
  title: 'Framewright',
  description:
    'WebSocket frames at native speed, for the ws that you use already',
  lang: 'en-GB',
  srcDir: '../docs',
  outDir: './dist',
  cleanUrls: true,
  rewrites: { 'README.md': 'index.md' },
  // A link that leads nowhere fails the build; those of other tools are put in beside.
  ignoreDeadLinks: false,
  head: [['link', { rel: 'icon', type: 'image/svg+xml', href: '/icon.svg' }]],
  vite: {
    publicDir: fileURLToPath(new URL('../public', import.meta.url)),
    server: { fs: { allow: [ROOT] } }
  },
  markdown: { config: (md) => md.core.ruler.push('outside', outside) },
  themeConfig: {
    logo: '/icon.svg',
    search: { provider: 'local' },
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Inspector, live', link: '/live' },
      ...(process.argv.includes('build') ? built : []),
      { text: 'GitHub', link: REPOSITORY }
    ],
    sidebar: [
      {
        text: 'First',
        items: links('', [
          ['Overview', ''],
          ['Start', 'start'],
          ['Questions', 'faq'],
          ['Troubleshooting', 'troubleshooting'],
          ['Differences from ws', 'differences']
        ])
      },
      { text: 'Each way in', items: links('api/', api) },
      {
        text: 'In production',
        items: links('production/', [
          ['Deploying', 'deploying'],
          ['Tuning', 'tuning'],
          ['Bundling', 'bundling']
        ]).concat(links('', [['Scaling', 'scaling']]))
      },
      {
        text: 'Coming from',
        items: links('migrating/', [
          ['ws', 'ws'],
          ['bufferutil', 'bufferutil'],
          ['koa-websocket', 'koa-websocket'],
          ['socket.io', 'socket.io']
        ])
      },
      {
        text: 'Facts',
        items: links('', [
          ['Compatibility', 'compatibility'],
          ['Versions and support', 'versioning'],
          ['Performance', 'performance'],
          ["ws's own tests", 'ws-tests']
        ])
      }
    ],
    outline: [2, 3],
    editLink: { pattern: `${REPOSITORY}/edit/main/docs/:path` }
  }
});

/** Links out of docs/ lead to the repository, where they must lead to something. */
function outside(state) {
  const from = state.env.path ?? DOCS;
  for (const { children } of state.tokens) {
    for (const token of children ?? []) {
      const href = token.type === 'link_open' && token.attrGet('href');
      if (!href || /^(?:[a-z]+:|#)/.test(href)) continue;

      const [file, anchor] = href.split('#');
      const target = path.resolve(path.dirname(from), file);
      if (target === path.join(DOCS, 'README.md')) {
        token.attrSet('href', `/${anchor ? `#${anchor}` : ''}`);
        continue;
      }
      const isFile = /\.\w+$/.test(file) && !file.endsWith('.md');
      if (!path.relative(DOCS, target).startsWith('..') && !isFile) continue;
      if (!existsSync(target))
        throw new Error(`${from}: ${href} leads nowhere`);
      const place = path.relative(ROOT, target).replaceAll('\\', '/');
      token.attrSet(
        'href',
        `${REPOSITORY}/blob/main/${place}${anchor ? `#${anchor}` : ''}`
      );
      token.attrSet('target', '_blank');
      token.attrSet('rel', 'noreferrer');
    }
  }
}
