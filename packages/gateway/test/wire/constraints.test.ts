import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceModels } from '@riposte/gateway';

const MACHINE = 'arn:aws:states:us-east-1:000000000000:stateMachine:m';

function refused(operation: string, input: object, rule: string): void {
  assert.throws(() => serviceModels.fromJson('states', operation, input), {
    code: 'ValidationException',
    message: `1 validation error detected: ${rule}`,
  });
}

test('a number beyond its range, a text beyond its length and a value outside its set are refused by name', () => {
  refused(
    'ListExecutions',
    { stateMachineArn: MACHINE, maxResults: 1001 },
    "Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to 1000",
  );
  refused(
    'ListExecutions',
    { stateMachineArn: MACHINE, statusFilter: 'succeeded' },
    "Value 'succeeded' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: [SUCCEEDED, TIMED_OUT, PENDING_REDRIVE, ABORTED, FAILED, RUNNING]",
  );
  refused(
    'DescribeActivity',
    { activityArn: '' },
    "Value '' at 'activityArn' failed to satisfy constraint: Member must have length greater than or equal to 1",
  );
});

test('a pattern must match the whole value', () => {
  const routingConfiguration = [{ stateMachineVersionArn: `${MACHINE}:1`, weight: 100 }];
  const pattern = String.raw`^(?=.*[a-zA-Z_\-\.])[a-zA-Z0-9_\-\.]+$`;
  for (const name of ['123', 'a b', 'a\n'])
    refused(
      'CreateStateMachineAlias',
      { name, routingConfiguration },
      `Value '${name}' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ${pattern}`,
    );
});

test('an item is named by its place, a list is shown with what is in it', () => {
  const route = (version: number, weight: number) => ({
    stateMachineVersionArn: `${MACHINE}:${version}`,
    weight,
  });
  refused(
    'CreateStateMachineAlias',
    { name: 'live', routingConfiguration: [route(1, 101)] },
    "Value '101' at 'routingConfiguration.1.member.weight' failed to satisfy constraint: Member must have value less than or equal to 100",
  );
  const shown = [1, 2, 3].map(
    (version) => `RoutingConfigurationListItem(stateMachineVersionArn=${MACHINE}:${version}, weight=1)`,
  );
  refused(
    'CreateStateMachineAlias',
    { name: 'live', routingConfiguration: [route(1, 1), route(2, 1), route(3, 1)] },
    `Value '[${shown.join(', ')}]' at 'routingConfiguration' failed to satisfy constraint: Member must have length less than or equal to 2`,
  );
});

test('a sensitive value is not repeated', () => {
  refused(
    'StartExecution',
    { stateMachineArn: MACHINE, input: 'x'.repeat(262_145) },
    "Value at 'input' failed to satisfy constraint: Member must have length less than or equal to 262144",
  );
});

test('what keeps to the constraints passes', () => {
  const input = { stateMachineArn: MACHINE, maxResults: 1000, statusFilter: 'PENDING_REDRIVE' };
  assert.deepEqual(serviceModels.fromJson('states', 'ListExecutions', input), input);
});
