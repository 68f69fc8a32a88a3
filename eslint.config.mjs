import js from '@eslint/js';
import globals from 'globals';

export default [
  {
    ignores: [
      '**/node_modules/',
      '**/target/',
      'site/.vitepress/cache/',
      'site/public/',
      'tests/packages/frameworks/next-*/',
      '**/dist/',
      'npm/*/wasm/',
      'npm/framewright/native/',
      'fuzz/',
      'tests/upstream/vendored/',
      '**/*.ts'
    ]
  },
  js.configs.recommended,
  {
    languageOptions: {
      ecmaVersion: 2024,
      sourceType: 'commonjs',
      globals: { ...globals.node }
    },
    rules: {
      'no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', caughtErrors: 'none' }
      ],
      'no-console': 'off',
      'prefer-const': 'error',
      'no-var': 'error',
      eqeqeq: ['error', 'always', { null: 'ignore' }]
    }
  },
  {
    files: ['**/*.mjs', 'npm/inspector/src/**/*.js'],
    languageOptions: { sourceType: 'module' }
  },
  {
    files: [
      'npm/inspector/src/**',
      'examples/**/public/**',
      'tests/browser/**',
      'tests/page/**',
      'bench/page/**'
    ],
    languageOptions: { globals: { ...globals.node, ...globals.browser } }
  }
];
