import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, describe, test } from 'node:test';
import { compilePattern, matches } from '@riposte/patterns';
import { planStack, readTemplate, type PlannedResource, type StackPlan } from '@riposte/templates';
import { ACCOUNT, sampleEvent } from './support/events.ts';

const FOLDER = resolve(import.meta.dirname, '..');

function plan(parameters: Record<string, string> = {}): Promise<StackPlan> {
  const file = join(FOLDER, 'template.yaml');
  return planStack({
    template: readTemplate(readFileSync(file, 'utf8'), file),
    stackName: 'exposed-access-key',
    parameters,
    pseudo: { account: ACCOUNT, region: 'us-east-1', partition: 'aws' },
    readFile: (path) => readFileSync(resolve(FOLDER, path), 'utf8'),
    packageCode: async () => ({ zip: new Uint8Array(), sha256: 'same' }),
  });
}

function resource(stack: StackPlan, logicalId: string): PlannedResource {
  const found = stack.resources.find((one) => one.logicalId === logicalId);
  assert.ok(found, `${logicalId} is in the plan`);
  return found;
}

describe('the rule', () => {
  let pattern: ReturnType<typeof compilePattern>;
  before(async () => {
    pattern = compilePattern(
      JSON.stringify(resource(await plan(), 'ExposedKeyRule').properties['EventPattern']),
    );
  });

  const answered = [
    'exposed-one-key',
    'exposed-two-keys',
    'exposure-suspected',
    'compromised',
    'quarantine-user',
    'quarantine-key',
    'backup-copy',
    'no-key',
    'root-key',
    'foreign-key',
    'old-format',
  ];
  for (const sample of answered)
    test(`answers ${sample}.json`, () => assert.equal(matches(pattern, sampleEvent(sample)), true));

  test('leaves a closed event alone', () => assert.equal(matches(pattern, sampleEvent('closed')), false));

  test('leaves other services, categories, codes and sources alone', () => {
    const changes: [string, unknown][] = [
      ['service', 'EC2'],
      ['eventTypeCategory', 'accountNotification'],
      ['eventTypeCode', 'AWS_RISK_ACCOUNT_CONSOLE_COMPROMISE'],
    ];
    for (const [member, value] of changes) {
      const event = sampleEvent('exposed-one-key');
      event.detail[member] = value;
      assert.equal(matches(pattern, event), false, member);
    }
    assert.equal(matches(pattern, { ...sampleEvent('exposed-one-key'), source: 'my.health' }), false);
  });
});

describe('the template', () => {
  test('subscribes an address only when there is one', async () => {
    const subscriptions = async (parameters: Record<string, string>) =>
      (await plan(parameters)).resources.filter(({ type }) => type === 'AWS::SNS::Subscription').length;
    assert.equal(await subscriptions({}), 0);
    assert.equal(await subscriptions({ NotificationEmail: 'security@example.com' }), 1);
  });

  test('refuses a containment that is none', async () => {
    await assert.rejects(plan({ Containment: 'Destroy' }), /Containment/);
  });

  const LOGS = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];
  const permissions: Record<string, string[]> = {
    ExposedKeyRuleRole: ['states:StartExecution'],
    ClaimIncidentRole: ['states:StartExecution', 'sns:Publish'],
    RespondToExposedKeyRole: ['lambda:InvokeFunction', 'sns:Publish'],
    ExtractKeysRole: LOGS,
    ContainKeyRole: [
      'iam:GetAccessKeyLastUsed',
      'sts:GetAccessKeyInfo',
      'iam:ListAccessKeys',
      'iam:UpdateAccessKey',
      'iam:DeleteAccessKey',
      ...LOGS,
    ],
    LookupActivityRole: ['cloudtrail:LookupEvents', ...LOGS],
    NotifySecurityRole: ['sns:Publish', ...LOGS],
  };
  for (const [role, actions] of Object.entries(permissions)) {
    test(`${role} may do what its work needs and nothing else`, async () => {
      const policies = JSON.stringify(resource(await plan(), role).properties['Policies']);
      assert.deepEqual(
        policies.match(/"[a-z]+:[A-Z]\w+"/g)?.map((action) => action.slice(1, -1)),
        actions,
      );
    });
  }
});
