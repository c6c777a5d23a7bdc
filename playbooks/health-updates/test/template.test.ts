import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { compilePattern, matches } from '@riposte/patterns';
import { planStack, readTemplate, type StackPlan } from '@riposte/templates';

const FOLDER = resolve(import.meta.dirname, '..');

function plan(parameters: Record<string, string> = {}): Promise<StackPlan> {
  const file = join(FOLDER, 'template.yaml');
  return planStack({
    template: readTemplate(readFileSync(file, 'utf8'), file),
    stackName: 'health-updates',
    parameters,
    pseudo: { account: '123456789012', region: 'us-east-1', partition: 'aws' },
    readFile: (path) => readFileSync(resolve(FOLDER, path), 'utf8'),
    packageCode: async () => ({ zip: new Uint8Array(), sha256: 'same' }),
  });
}

test('the rule takes what AWS Health sends, and never what the playbook puts', async () => {
  const rule = (await plan()).resources.find(({ logicalId }) => logicalId === 'HealthRule');
  const pattern = compilePattern(JSON.stringify(rule?.properties['EventPattern']));
  const event = JSON.parse(readFileSync(join(FOLDER, 'events', 'older-format.json'), 'utf8')) as object;
  assert.equal(matches(pattern, event), true);
  assert.equal(matches(pattern, { ...event, 'detail-type': 'AWS Health Abuse Event' }), true);
  assert.equal(matches(pattern, { ...event, source: 'custom.health' }), false);
});

test('a source of AWS’s own is refused for what is put', async () => {
  await assert.rejects(plan({ EventSource: 'aws.health' }), /EventSource/);
});
