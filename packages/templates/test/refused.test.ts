import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { TemplateError } from '../src/index.ts';
import { plan } from './support/stack.ts';

/** Each file in `refused/` ends with the whole message that it gets, in lines that start with `#>`. */
const folder = join(import.meta.dirname, 'refused');
for (const file of readdirSync(folder)) {
  test(`refused with its place: ${file.replace('.yaml', '').replaceAll('_', ' ')}`, async () => {
    const text = readFileSync(join(folder, file), 'utf8');
    const expected = [...text.matchAll(/^#> (.*)$/gm)].map(([, line]) => `template.yaml:${line}`).join('\n');
    assert.notEqual(expected, '');
    await assert.rejects(
      async () => plan(text),
      (error) => {
        assert.ok(error instanceof TemplateError, String(error));
        assert.equal(error.message, expected);
        return true;
      },
    );
  });
}

test('JSON is read with the same care', async () => {
  const json = '{\n\t"Resources": {\n\t\t"T": { "Type": "AWS::SNS::Topic", "Type": "x" }\n\t}\n}';
  await assert.rejects(
    async () => plan(json),
    /^TemplateError: template\.yaml:3:37: This key stands twice in the same map/,
  );
});

test('a syntax error tells line and column', async () => {
  await assert.rejects(
    async () => plan('Resources:\n  T: { Type: x\n'),
    /^TemplateError: template\.yaml:3:1: Flow map/,
  );
});

test('a parameter that the template does not have is refused', async () => {
  const text = 'Parameters: { A: { Type: String, Default: x } }\nResources: { T: { Type: AWS::SNS::Topic } }';
  await assert.rejects(
    () => plan(text, { parameters: { B: 'y' } }),
    /The template has no parameter B .*Its parameters are A\./,
  );
});

test('a template that grows without bounds through aliases is refused', async () => {
  const levels = Array.from(
    { length: 12 },
    (_, level) => `  l${level + 1}: &l${level + 1} [${Array(9).fill(`*l${level}`).join(', ')}]`,
  );
  const text = `Metadata:\n  l0: &l0 [x]\n${levels.join('\n')}\nResources: { T: { Type: AWS::SNS::Topic } }`;
  await assert.rejects(async () => plan(text), /holds more than 500000 values/);
});
