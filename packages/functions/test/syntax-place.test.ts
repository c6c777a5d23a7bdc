import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { createFunctionHost, type FunctionHost } from '@riposte/functions';
import { hostOptions, type Recorded } from './host-options.ts';

let folder: string;
let host: FunctionHost;
let recorded: Recorded;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'riposte-code-'));
  mkdirSync(join(folder, 'real'));
  // As where a data folder lies behind a link.
  symlinkSync(join(folder, 'real'), join(folder, 'code'));
  recorded = { logs: [], attributions: [], revoked: 0 };
  host = createFunctionHost(hostOptions(recorded, join(folder, 'code')));
});
after(async () => {
  await host.close();
  rmSync(folder, { recursive: true });
});

/** Writes the files, the handler's first, and answers the trace of a call, which the log has word for word. */
async function traceOf(files: Record<string, string>): Promise<string[]> {
  for (const [name, source] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, 'real', name)), { recursive: true });
    writeFileSync(join(folder, 'real', name), source);
  }
  const [file = ''] = Object.keys(files);
  const functionName = file.replaceAll(/\W/g, '-');
  const { payload, logTail } = await host.invoke({
    configuration: {
      functionName,
      functionArn: `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`,
      runtime: 'nodejs24.x',
      handler: `${file.slice(0, file.lastIndexOf('.'))}.handler`,
      timeoutSeconds: 10,
      memorySizeMb: 128,
      environment: {},
      roleArn: 'arn:aws:iam::000000000000:role/function',
      codeSha256: functionName,
      region: 'us-east-1',
    },
    payload: '{}',
    requestId: crypto.randomUUID(),
  });
  const { errorType, trace } = JSON.parse(payload) as { errorType: string; trace: string[] };
  assert.equal(errorType, 'Runtime.UserCodeSyntaxError');
  assert.ok(logTail.includes(payload), logTail);
  return trace;
}

const UNEXPECTED = "Runtime.UserCodeSyntaxError: SyntaxError: Unexpected token ';'";
const BROKEN = `export const handler = async () => 1;\nexport const x = ;\n`;
const PLACE = ['export const x = ;', '                 ^', UNEXPECTED];

test('a module that does not compile is told with its file, line and a mark, and no frame of the runtime', async () => {
  assert.deepEqual(await traceOf({ 'module.mjs': BROKEN }), ['module.mjs:2', ...PLACE]);
  assert.deepEqual(await traceOf({ 'plain.js': BROKEN }), ['plain.js:2', ...PLACE]);
});

test('of a second file that does not compile the place is in that file', async () => {
  const files = {
    'imports.mjs': `import './lib/good.mjs';\nimport './lib/bad.mjs';\nimport './lib/after.mjs';\nexport const handler = 1;\n`,
    'lib/good.mjs': `export const good = 1;\n`,
    'lib/bad.mjs': BROKEN,
    'lib/after.mjs': `export const after = 1;\n`,
  };
  assert.deepEqual(await traceOf(files), ['lib/bad.mjs:2', ...PLACE]);
  assert.deepEqual(await traceOf({ 'required.cjs': `require('./lib/bad.mjs');\n` }), [
    'lib/bad.mjs:2',
    ...PLACE,
  ]);
});

test('a function that goes on after a failed import does not hide the file', async () => {
  const handler = `let failure;\ntry { await import('./bad.mjs'); } catch (error) { failure = error; }\nawait import('./good.mjs');\nthrow failure;\n`;
  const trace = await traceOf({ 'later.mjs': handler, 'bad.mjs': BROKEN, 'good.mjs': `export {};\n` });
  assert.deepEqual(trace.slice(0, 4), ['bad.mjs:2', ...PLACE]);
});

test('CommonJS is told the same way, and who required the file', async () => {
  const common = `exports.handler = async () => 1;\nconst x = ;\n`;
  const place = ['const x = ;', '          ^', UNEXPECTED];
  assert.deepEqual(await traceOf({ 'common.cjs': common }), ['common.cjs:2', ...place]);
  const trace = await traceOf({ 'requires.cjs': `require('./lib/bad.cjs');\n`, 'lib/bad.cjs': common });
  assert.deepEqual(trace.slice(0, 4), ['lib/bad.cjs:2', ...place]);
  assert.deepEqual(trace.slice(4), ['    at Object.<anonymous> (requires.cjs:1:1)']);
});

test('TypeScript is told by its place, also where it is not its types that are wrong', async () => {
  const types = await traceOf({ 'types.ts': `export const handler = 1;\nexport const x: number = ;\n` });
  assert.equal(types[0], 'types.ts:2');
  assert.equal(
    types.indexOf('export const x: number = ;') + 1,
    types.findIndex((line) => /^ {25}\^$/.test(line)),
  );
  const twice = await traceOf({ 'twice.mts': `let a: number = 1;\nlet a = 2;\nexport const handler = a;\n` });
  assert.deepEqual(twice, [
    'twice.mts:2',
    'let a = 2;',
    '    ^',
    `Runtime.UserCodeSyntaxError: SyntaxError: Identifier 'a' has already been declared`,
  ]);
});

test('what is imported and not exported has its place, and so has what the code threw itself', async () => {
  const missing = await traceOf({
    'missing.mjs': `import { nope } from './ok.mjs';\n`,
    'ok.mjs': `export {};\n`,
  });
  assert.deepEqual(missing.slice(0, 3), [
    'missing.mjs:1',
    `import { nope } from './ok.mjs';`,
    '         ^^^^',
  ]);
  const parsed = await traceOf({ 'parses.mjs': `JSON.parse('{a');\n` });
  assert.match(parsed[0] ?? '', /^Runtime\.UserCodeSyntaxError: SyntaxError: Expected property name/);
  assert.equal(parsed[1], '    at parses.mjs:1:6');
});

test('of a packed function of one long line, what is around the place is told', async () => {
  const packed = (before: number) =>
    `export const a = '${'a'.repeat(before)}'; export const x = ; export const z = '${'z'.repeat(900)}';`;
  const [place, line = '', mark = ''] = await traceOf({ 'packed.mjs': packed(500) });
  assert.equal(place, 'packed.mjs:1');
  assert.equal(line.length, 160);
  assert.match(line.slice(0, mark.length), /export const x = ;$/);
  assert.deepEqual(await traceOf({ 'longer.mjs': packed(5_000) }), ['longer.mjs:1', UNEXPECTED]);
});
