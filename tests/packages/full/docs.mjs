// Follows the README and each page of docs/ as a reader would: in an empty folder, with the packages as they are packed.
// What the page says to install is installed, each program is saved and run, each command is run, on every version of
// Node. What can't be followed here is skipped by name.

import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

import { blocksOf, page } from '../../docs/support/markdown.mjs';
import { fileNameOf, Program } from '../../docs/support/program.mjs';
import { TRIALS } from '../../docs/support/trials.mjs';
import { nodeOf, VERSIONS } from '../nodes.mjs';
import { capture, environment, isTaken, TEST } from '../reader.mjs';
import { serveRegistry } from '../registry.mjs';

const run = promisify(execFile);
const LIMIT = { timeout: 900_000 };

/** What the reader of a page has already. */
const HAS = {
  'README.md': ['koa'],
  'docs/migrating/bufferutil.md': ['bufferutil', 'utf-8-validate'],
  'npm/inspector/README.md': ['@framewright/inspector']
};

/** Pages with commands, but no programs. */
const COMMANDS = [
  'docs/api/command.md',
  'docs/migrating/bufferutil.md',
  'docs/migrating/ws.md',
  'docs/troubleshooting.md'
];

/** The reader's app, where a page has commands for one and doesn't show it. */
const [APP] = blocksOf(page('docs/start.md')).filter(
  ({ language }) => language === 'js'
);

/** Commands that are left out, and why. */
const LEFT_OUT = [
  [/^npm (start|run)\b/, 'is for this repository'],
  [/^cargo /, 'is run by the tests of the crate'],
  [/^tcpdump /, 'wants the rights to listen to the network'],
  ...(spawnSync('jq', ['--version']).error ? [[/\| jq /, 'wants jq']] : [])
];

/** Several lines that are one script, since they start something and end it. */
const isJob = (code) => / &$/m.test(code);

/** Commands that run until they are stopped, and what they print before. */
const SERVERS = /^npx framewright (?:proxy|inspect)\b/;

/** Shows what an app that has an inspector does; the address is filled in. */
const FOLLOWS =
  /^npx framewright frames '\S+\/__frames\/\?token=…'(?: --filter name==(\w+))?$/;

/** Other commands that end by themselves. */
const TOOLS =
  /^(?:npx (?:esbuild|postject) |echo |cp |node --experimental-sea-config )/;

/** What these start prints, that it runs natively. */
const OWN = {
  'node dist/app.mjs': (t, folder, version) => {
    const node = nodeOf(version);
    const file = path.join(folder, 'dist', 'app.mjs');
    return new Program(t, file, { node }).prints(/^native$/m);
  },
  // It listens on the port that is in it.
  './app': async (t, folder) => {
    const child = spawn('./app', {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe']
    });
    const exited = once(child, 'exit');
    t.after(async () => {
      child.kill();
      await exited;
    });
    let text = '';
    child.stderr.on('data', (data) => (text += data));
    for await (const data of child.stdout) {
      text += data;
      if (/^native$/m.test(text)) return;
    }
    if (text.includes('EADDRINUSE')) return t.skip('port 3000 is taken');
    throw new Error(text);
  }
};

let registry;
let stop;

before(async () => {
  registry = await serveRegistry({ after: (end) => (stop = end) });
});
after(() => stop());

/** FRAMEWRIGHT_TEST_PAGES may name some pages only, by a part of their names. */
const wanted = process.env.FRAMEWRIGHT_TEST_PAGES ?? '';
const names = [...new Set([...Object.keys(TRIALS), ...COMMANDS])].filter(
  (name) => name.includes(wanted)
);

for (const name of names) {
  describe(name, () => {
    const folder = realpathSync(
      mkdtempSync(path.join(tmpdir(), 'framewright-reader-'))
    );
    const blocks = blocksOf(page(name));
    const programs = blocks.filter(({ language }) => language === 'js');
    const commands = blocks
      .filter(({ language }) => language === 'sh')
      .map(({ code }) => code.replaceAll('\\\n', ' ').trim())
      .flatMap((code) => (isJob(code) ? [code] : code.split('\n')))
      .map((line) => line.replace(/\s+#.*$/, '').trim())
      .filter((line) => line !== '');
    const installs = commands.filter((line) => /^npm (un)?install /.test(line));
    const runs = commands.filter((line) => !installs.includes(line));

    before(async () => {
      writeFileSync(
        path.join(folder, '.npmrc'),
        `registry=${registry}\naudit=false\nfund=false\n`
      );
      for (const name of ['capture', 'encrypted', 'traffic']) {
        writeFileSync(path.join(folder, `${name}.pcapng`), await capture());
      }
      writeFileSync(path.join(folder, 'keys.log'), '');
      const has = HAS[name] ?? [];
      if (has.length > 0) await shell(`npm install ${has.join(' ')}`);
      for (const line of installs) await shell(line);
      if (installs.length === 0) await shell('npm install framewright');
      writeFileSync(path.join(folder, 'app.mjs'), APP.code);
      writeFileSync(path.join(folder, 'app.test.mjs'), TEST);
      await shell('npm pkg set scripts.test="node app.test.mjs"');
      programs.forEach(({ code }, i) =>
        writeFileSync(path.join(folder, fileNameOf(code, i)), code)
      );
    }, LIMIT);
    after(() => rmSync(folder, { recursive: true, force: true }));

    for (const version of VERSIONS) {
      describe(`Node ${version}`, () => {
        (TRIALS[name] ?? []).forEach(({ files, needs, trial }, i) => {
          const file = fileNameOf(programs[i].code, i);
          it(file, LIMIT, async (t) => {
            const had = (await needs?.(t, start)) ?? {};
            if (had.skip) return t.skip(had.skip);
            await files?.(folder);
            await trial(start(i, had.env), had);

            function start(n, env) {
              const name = fileNameOf(programs[n].code, n);
              const args = argumentsFor(name);
              const node = nodeOf(version);
              return new Program(t, path.join(folder, name), {
                args,
                env,
                node
              });
            }
          });
        });

        for (const line of runs) {
          if (
            programs.some(({ code }, i) =>
              line.endsWith(` ${fileNameOf(code, i)}`)
            )
          )
            continue;
          it(line, LIMIT, async (t) => {
            const [, why] =
              LEFT_OUT.find(([pattern]) => pattern.test(line)) ?? [];
            if (why) return t.skip(`it ${why}`);
            if (/^node .* app\.[cm]js$/.test(line))
              return startsApp(t, line, version);
            if (isJob(line)) return works(t, line, version);
            if (FOLLOWS.test(line)) return follows(t, line, version);
            if (SERVERS.test(line)) return serves(t, line, version);
            if (OWN[line]) return OWN[line](t, folder, version);
            if (TOOLS.test(line)) return shell(line, version);
            assert.match(
              line,
              /^npx framewright /,
              'nobody knows how to follow this'
            );
            await shell(line, version);
          });
        }
      });
    }

    /** What the page says Node gets before a file. */
    function argumentsFor(file) {
      const line = runs.find(
        (text) => text.startsWith('node ') && text.endsWith(` ${file}`)
      );
      return line ? line.split(' ').slice(1, -1) : [];
    }

    async function startsApp(t, line, version) {
      const args = line.split(' ').slice(1, -1);
      const program = new Program(t, path.join(folder, 'app.mjs'), {
        args,
        node: nodeOf(version)
      });
      const client = await program.connect();
      client.send('hi');
      assert.equal(await client.next(), 'you said hi');
      const { copies } = await program.status();
      assert.ok(copies.every(({ accelerated }) => accelerated));
    }

    /** A job has its ports for itself: they are in it. */
    async function works(t, code, version) {
      if (await isTaken(9000)) return t.skip('port 9000 is taken');
      const app = new Program(t, path.join(folder, 'app.mjs'), {
        args: ['--import', 'framewright/register'],
        node: nodeOf(version)
      });
      const port = await app.port;
      await shell(code.replace('localhost:3000', `localhost:${port}`), version);
    }

    /** An app with an inspector is started, and greets somebody. */
    async function follows(t, line, version) {
      const [program] = blocksOf(page('docs/api/inspect.md')).filter(
        ({ code }) => code.includes('framewright/inspect')
      );
      const file = path.join(folder, 'inspected.mjs');
      const [, name] = FOLLOWS.exec(line);
      const options = name ? `, { nameOf: () => '${name}' }` : '';
      const code = program.code.replace('inspect(server', `$&${options}`);
      assert.equal(code.includes('nameOf'), options !== '');
      writeFileSync(file, code);
      const app = new Program(t, file, { node: nodeOf(version) });
      const url = await app.prints(/^http:\S+$/m);
      const printed = prints(
        t,
        line.replace(/'\S+'/, `'${url}'`),
        version,
        /\bhello\b/
      );
      // It shows what comes after it.
      while (!(await Promise.race([printed, delay(500)]))) await app.connect();
    }

    function serves(t, line, version) {
      return prints(t, line, version, /http:\/\/\S+/);
    }

    /** Resolves when a command that doesn't end by itself has printed something. */
    async function prints(t, line, version, pattern) {
      const child = spawn('sh', ['-c', `exec ${line}`], {
        cwd: folder,
        detached: true,
        env: environment(version),
        stdio: ['ignore', 'pipe', 'inherit']
      });
      const exited = once(child, 'exit');
      t.after(async () => {
        process.kill(-child.pid, 'SIGKILL');
        await exited;
      });
      let text = '';
      for await (const chunk of child.stdout) {
        text += chunk;
        if (pattern.test(text)) return true;
      }
      throw new Error(`it printed no ${pattern}: ${text}`);
    }

    function shell(line, version = VERSIONS[0]) {
      return run('sh', ['-c', line], {
        cwd: folder,
        env: environment(version),
        maxBuffer: 1 << 24
      });
    }
  });
}
