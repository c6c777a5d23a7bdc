import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { launcher, runTool, toolPath } from './running-server.ts';

/**
 * Starts the command on a terminal of its own, types Ctrl-C when the server is ready, and tells what was printed and
 * how it ended. A terminal sends the signal to the whole group, so a launcher that hands over gets it as well.
 */
const ON_A_TERMINAL = `
import json, os, pty, sys
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[1], sys.argv[1:])
text, typed = b'', False
while True:
    try:
        chunk = os.read(terminal, 4096)
    except OSError:
        break
    if not chunk:
        break
    text += chunk
    if not typed and b'Stop with Ctrl-C' in text:
        typed = True
        os.write(terminal, b'\\x03')
_, status = os.waitpid(pid, 0)
print(json.dumps({'text': text.decode(), 'status': status}))
`;

test('Ctrl-C ends a server cleanly, also where an older Node.js hands over to ours', (t) => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'riposte-terminal-'));
  t.after(() => rmSync(dataFolder, { recursive: true }));
  // The machine's own Node.js, not the one that npm puts first.
  const path = (process.env['PATH'] ?? '').split(delimiter).filter((part) => !part.includes('node_modules'));
  const command = ['node', launcher, 'start', '--port', '0', '--data', dataFolder];
  const run = runTool(toolPath('python'), ['-c', ON_A_TERMINAL, ...command], { PATH: path.join(delimiter) });
  assert.equal(run.status, 0, run.stderr);
  const { text, status } = JSON.parse(run.stdout) as { text: string; status: number };
  assert.equal(status, 0, text);
  assert.match(text, /Stopping\./);
  // A database that was closed leaves no log beside it.
  assert.deepEqual(
    readdirSync(dataFolder).filter((name) => name.endsWith('-wal')),
    [],
  );
});
