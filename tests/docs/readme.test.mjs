// The README is short, and what it shows works as it is printed.

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import { WebSocket } from 'ws';

import { run } from '../cli/command.mjs';

import { blocks, page, ROOT } from './markdown.mjs';

const PRELOADED = fileURLToPath(new URL('at-any-port.cjs', import.meta.url));
const README = page('README.md');
const LIMIT = { timeout: 60_000 };

it('has 120 lines at most', () => {
  assert.ok(README.trimEnd().split('\n').length <= 120);
});

describe('its programs', () => {
  const programs = blocks(README, 'js');
  const trials = [
    ['framewright/register', answers],
    ['framewright/koa', answersInKoa],
    ['framewright/broadcast', tellsAll],
    ['framewright/inspect', showsItsPage]
  ];

  it('each have a trial here', () => {
    assert.equal(programs.length, trials.length);
  });

  trials.forEach(([entry, trial], i) => {
    it(entry, LIMIT, async (t) => {
      assert.ok(programs[i].includes(`'${entry}'`));
      await trial(new Program(t, programs[i]));
    });
  });
});

async function answers(program) {
  const client = await program.connect();
  client.send('hi');
  assert.equal(await client.next(), 'you said hi');

  const { backend, copies, counters } = await program.status();
  assert.notEqual(backend, 'stock');
  assert.deepEqual(
    copies.map(({ accelerated }) => accelerated),
    [true]
  );
  assert.equal(counters.messages, 1);
}

async function answersInKoa(program) {
  const client = await program.connect();
  client.send('hi');
  assert.equal(await client.next(), '127.0.0.1 said hi');
}

async function tellsAll(program) {
  const first = await program.connect();
  assert.equal(await first.next(), 'somebody came');
  const second = await program.connect();
  for (const client of [first, second]) {
    assert.equal(await client.next(), 'somebody came');
  }
  first.send('hi');
  for (const client of [first, second]) {
    assert.equal(await client.next(), 'hi');
  }
}

async function showsItsPage(program) {
  const url = await program.prints(/^http:\S+$/m);
  const withToken = await fetch(url, { redirect: 'manual' });
  assert.equal(withToken.status, 302);
  const cookie = withToken.headers.get('set-cookie').split(';')[0];
  const { origin, pathname } = new URL(url);
  const shown = await fetch(origin + pathname, { headers: { cookie } });
  assert.equal(shown.status, 200);
  assert.match(await shown.text(), /<html/);
}

it('its commands exist, with these options', LIMIT, async () => {
  const lines = blocks(README, 'sh')
    .join('')
    .split('\n')
    .map((line) => /^npx framewright (\w+) (.*?) *(?:#.*)?$/.exec(line))
    .filter(Boolean);
  assert.deepEqual(
    lines.map(([, command]) => command),
    ['proxy', 'inspect', 'frames']
  );
  for (const [, command, args] of lines) {
    const { code, stdout } = await run([command, '--help']);
    assert.equal(code, 0);
    for (const [option] of args.matchAll(/--[a-z-]+/g)) {
      assert.ok(stdout.includes(option), `${command} ${option}`);
    }
  }
});

it("its Rust is in the crate's README, which cargo compiles", () => {
  const crate = blocks(page('crates/codec/README.md'), 'rust').join('');
  const lines = blocks(README, 'rust').join('').trimEnd().split('\n');
  assert.ok(lines.length > 1);
  for (const line of lines) {
    const [code] = line.split(' // ');
    assert.ok(crate.includes(code), code);
  }
});

/** A program in a folder of its own, where only the packages are that it names. */
class Program {
  #child;
  #port;
  #stdout = '';

  constructor(t, source) {
    const folder = mkdtempSync(path.join(tmpdir(), 'framewright-readme-'));
    const file = path.join(folder, 'program.mjs');
    writeFileSync(file, source);
    mkdirSync(path.join(folder, 'node_modules'));
    for (const name of packagesOf(source)) {
      symlinkSync(
        path.join(ROOT, 'node_modules', name),
        path.join(folder, 'node_modules', name),
        'junction'
      );
    }
    const { HOME, PATH, TMPDIR } = process.env;
    this.#child = fork(file, {
      cwd: folder,
      execArgv: ['-r', PRELOADED],
      env: { HOME, PATH, TMPDIR },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc']
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text) => {
      this.#stdout += text;
    });
    this.#port = this.#said('port');
    t.after(async () => {
      if (this.#child.exitCode === null) {
        this.#child.kill();
        await once(this.#child, 'exit');
      }
      rmSync(folder, { recursive: true });
    });
  }

  /** @returns A client, whose `next()` resolves to its next message */
  async connect() {
    const client = new WebSocket(`ws://127.0.0.1:${await this.#port}/`);
    const messages = [];
    const waiting = [];
    client.on('message', (data, isBinary) => {
      messages.push(isBinary ? data : String(data));
      waiting.shift()?.();
    });
    client.next = async () => {
      if (messages.length === 0) {
        await new Promise((resolve) => waiting.push(resolve));
      }
      return messages.shift();
    };
    await once(client, 'open');
    return client;
  }

  status() {
    this.#child.send({});
    return this.#said('status');
  }

  async prints(pattern) {
    for (;;) {
      const match = pattern.exec(this.#stdout);
      if (match) return match[0];
      await this.#until(this.#child.stdout, 'data');
    }
  }

  async #said(name) {
    for (;;) {
      const [message] = await this.#until(this.#child, 'message');
      if (name in message) return message[name];
    }
  }

  async #until(emitter, event) {
    const stop = new AbortController();
    const { signal } = stop;
    try {
      return await Promise.race([
        once(emitter, event, { signal }),
        once(this.#child, 'exit', { signal }).then(([code]) => {
          throw new Error(`the program ended (${code})`);
        })
      ]);
    } finally {
      stop.abort();
    }
  }
}

/** The packages that a program imports. */
function packagesOf(source) {
  const names = [...source.matchAll(/(?:from|import) '([^']+)'/g)]
    .map(([, name]) => name)
    .filter((name) => !name.startsWith('node:'))
    .map((name) => name.split('/')[0]);
  return new Set(names);
}
