import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { World } from './support/world.ts';

let world: World;

before(async () => {
  world = await World.open();
});
after(() => world.close());

/** One that every server takes; each case below spoils one thing in it. */
const good = {
  runtime: 'nodejs24.x',
  source: '[my.app]',
  definition: `{
  "StartAt": "Look",
  "States": {
    "Look": { "Type": "Task", "Resource": "\${Look}", "Next": "Tell" },
    "Tell": {
      "Type": "Task",
      "Resource": "arn:aws:states:::sns:publish",
      "Parameters": { "TopicArn": "\${Topic}", "Message": "seen" },
      "End": true
    }
  }
}`,
};

const template = ({ runtime, source }: typeof good) => `Transform: AWS::Serverless-2016-10-31
Resources:
  Topic: { Type: AWS::SNS::Topic }
  Look:
    Type: AWS::Serverless::Function
    Properties:
      InlineCode: exports.handler = async () => 1
      Handler: index.handler
      Runtime: ${runtime}
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: states/machine.asl.json
      DefinitionSubstitutions: { Look: !GetAtt Look.Arn, Topic: !Ref Topic }
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern:
        source: ${source}
      Targets: [{ Id: topic, Arn: !Ref Topic }]
`;

/** @returns the folder */
function write(name: string, change: Partial<typeof good> = {}): string {
  const folder = join(world.folder, name);
  const content = { ...good, ...change };
  mkdirSync(join(folder, 'states'), { recursive: true });
  writeFileSync(join(folder, 'template.yaml'), template(content));
  writeFileSync(join(folder, 'states/machine.asl.json'), content.definition);
  return folder;
}

/** All that the stack has on the server, as the services and the record tell it. */
async function standing(name: string): Promise<string> {
  const aws = world.aws();
  const stacks = await world.json<{ name: string }[]>('stacks');
  return JSON.stringify([
    stacks.filter((stack) => stack.name === name),
    await aws.call('sns', 'ListTopics', {}),
    await aws.call('iam', 'ListRoles', {}),
    await aws.call('lambda', 'ListFunctions', {}),
    await aws.call('states', 'ListStateMachines', {}),
    await aws.call('events', 'ListRules', {}),
  ]);
}

for (const [what, change, expected] of [
  [
    'a runtime that this server does not have',
    { runtime: 'python3.12' },
    /template\.yaml:9:7: The runtime python3\.12 is not supported \(.*\/Runtime\)\. Use nodejs20\.x or .*\.$/m,
  ],
  [
    'a definition that is no JSON',
    { definition: good.definition.replace('"Type": "Task",', '"Type" "Task",') },
    /states\/machine\.asl\.json:4:22: The definition is no JSON: .* Correct the JSON at this place\.$/m,
  ],
  [
    'a step to a state that is not there',
    { definition: good.definition.replace('"Next": "Tell"', '"Next": "Tel"') },
    /states\/machine\.asl\.json:4:54: .*MISSING_TRANSITION_TARGET: Missing 'Next' target: Tel \(\/States\/Look\/Next\)\. Correct the definition\.$/m,
  ],
  [
    'a parameter that an integration does not have',
    { definition: good.definition.replace('"Message"', '"Mesage"') },
    /states\/machine\.asl\.json:8:7: .*Mesage.* \(\/States\/Tell\/Parameters\)\. Correct the definition\.$/m,
  ],
  [
    'an integration that this server does not have',
    { definition: good.definition.replace('sns:publish', 'ecs:runTask') },
    /states\/machine\.asl\.json:7:7: .*'ecs:runTask' is not supported by this server.* \(\/States\/Tell\/Resource\)\./m,
  ],
  [
    'an event pattern with a text in place of a list',
    { source: 'my.app' },
    /template\.yaml:19:9: The event pattern is not valid: "source" must be an object or an array \(.*\/EventPattern\/source\)\. Give a list/m,
  ],
] as const)
  test(`${what} is told with its place before anything changes, by the plan and without it`, async () => {
    const name = `spoilt-${what.replaceAll(/\W+/g, '-')}`;
    for (const stands of [false, true]) {
      if (stands) assert.equal((await world.riposte('up', write(name))).code, 0);
      const before = await standing(name);
      const folder = write(name, change);
      for (const more of [['--plan'], []]) {
        const { code, out, err } = await world.riposte('up', folder, ...more);
        assert.deepEqual([code, out], [1, '']);
        assert.match(err, expected);
        assert.doesNotMatch(err, /^\s+at /m);
        assert.equal(await standing(name), before);
      }
    }
    assert.equal((await world.riposte('down', name)).code, 0);
  });

test('a service whose client is not installed here is left to the server, which may have it', async () => {
  const definition = good.definition.replace('sns:publish', 'aws-sdk:comprehend:detectSentiment');
  const { code, err } = await world.riposte('up', write('other-clients', { definition }), '--plan');
  assert.deepEqual([code, err], [0, '']);
});
