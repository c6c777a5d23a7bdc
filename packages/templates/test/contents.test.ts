import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TemplateError } from '../src/index.ts';
import { FakeAws } from './support/fake-aws.ts';
import { actions, apply, plan, type PlanOptions } from './support/stack.ts';

const supported = { runtimes: ['nodejs24.x', 'nodejs26.x'] };

const fn = (runtime: string, more = '') =>
  `Resources: { Fn: { Type: AWS::Lambda::Function, Properties: { Role: r, Handler: a.b, Code: fn, Runtime: ${runtime}${more} } } }`;

const fromFile = (substitutions: string) => `Transform: AWS::Serverless-2016-10-31
Resources:
  Topic: { Type: AWS::SNS::Topic, Properties: { TopicName: '12' } }
  M:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: states/m.asl.json
      DefinitionSubstitutions: { ${substitutions} }
`;

const rule = (pattern: string) =>
  `Resources: { Topic: { Type: AWS::SNS::Topic }, R: { Type: AWS::Events::Rule, Properties: { EventPattern: ${pattern} } } }`;

/** The findings, one a line. */
async function refusal(text: string, options: PlanOptions = {}): Promise<string[]> {
  const error: unknown = await plan(text, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof TemplateError, String(error));
  return error.message.split('\n');
}

function withDefinition(definition: string, substitutions = 'A: a'): Promise<string[]> {
  return refusal(fromFile(substitutions), { files: { 'states/m.asl.json': definition } });
}

test('a runtime that the server does not have is refused, in a new stack and in an update', async () => {
  const expected = [
    'template.yaml:1:96: The runtime python3.12 is not supported (Resources/Fn/Properties/Runtime). Use nodejs24.x or nodejs26.x.',
  ];
  assert.deepEqual(await refusal(fn('python3.12'), { supported }), expected);
  const { record: previous } = await apply(await plan(fn('nodejs24.x'), { supported }), new FakeAws());
  assert.deepEqual(await refusal(fn('python3.12'), { supported, previous }), expected);
});

test('a runtime is left to a server of which nothing is known, and where it is not written again', async () => {
  const { record: previous } = await apply(await plan(fn('python3.12')), new FakeAws());
  assert.deepEqual(actions(await plan(fn('python3.12'), { supported, previous })), []);
  const newCode = await plan(fn('python3.12'), { supported, previous, code: '2' });
  assert.deepEqual(actions(newCode), ['update Fn']);
  await refusal(fn('python3.12', ', Timeout: 9'), { supported, previous });
});

test('a definition file that is no JSON is refused at the place in the file as it is written', async () => {
  assert.deepEqual(
    await withDefinition(
      '{\n  "Comment": "${A} of ${Topic}", "StartAt" "A"\n}',
      'A: much longer than what it replaces, Topic: !Ref Topic',
    ),
    [
      `states/m.asl.json:2:44: The definition is no JSON: Unexpected character ('"' (code 34)): was expecting a colon to separate field name and value. Correct the JSON at this place.`,
    ],
  );
});

test('a definition file in YAML that cannot be read is refused at its place', async () => {
  assert.deepEqual(await withDefinition('StartAt: A\nStates:\n  A: [\n'), [
    'states/m.asl.json:4:1: Flow sequence in block collection must be sufficiently indented and end with a ]. Correct the YAML or JSON at this place.',
  ]);
});

test('what is wrong with the states of a file is named by their paths, all of it at once', async () => {
  const definition = (next: string) => `{
  "StartAt": "A",
  "States": {
    "A": { "Type": "Task", "Resource": "\${Fn}", "Comment": "\${A}", "Next": "${next}" },
    "B": { "Type": "Choice", "Choices": [{ "Variable": "$.a", "IsNull": true, "Next": "Nowhere" }] },
    "C": { "Type": "Succeed" }
  }
}`;
  const expected = [
    `states/m.asl.json:5:79: The definition is not valid, MISSING_TRANSITION_TARGET: Missing 'Next' target: Nowhere (/States/B/Choices[0]/Next). Correct the definition.`,
    'states/m.asl.json:6:5: The definition is not valid, MISSING_TRANSITION_TARGET: State "C" is not reachable (/States/C). Correct the definition.',
  ];
  const text = fromFile('A: aaaaaaaaaaaaaaaa, Fn: !Ref Topic');
  assert.deepEqual(await refusal(text, { files: { 'states/m.asl.json': definition('B') } }), expected);
  const { record: previous } = await apply(
    await plan(text, { files: { 'states/m.asl.json': definition('C').replace(/^ {4}"B".*\n/m, '') } }),
    new FakeAws(),
  );
  assert.deepEqual(
    await refusal(text, { previous, files: { 'states/m.asl.json': definition('B') } }),
    expected,
  );
});

for (const [what, definition] of [
  ['the number of seconds', '{"StartAt":"W","States":{"W":{"Type":"Wait","Seconds":${T},"End":true}}}'],
  [
    'the next state, on which it depends what is reached',
    '{"StartAt":"A","States":{"A":{"Type":"Pass","Next":"${T}"},"12":{"Type":"Succeed"}}}',
  ],
  ['the name of a state', '{"StartAt":"12","States":{"${T}":{"Type":"Succeed"}}}'],
  [
    'a part of a resource',
    '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:lambda:us-east-1:000000000000:function:${T}","End":true}}}',
  ],
] as const)
  test(`a definition is left to the service where only a resource will tell ${what}`, async () => {
    const aws = new FakeAws();
    const files = { 'states/m.asl.json': definition };
    const { error } = await apply(await plan(fromFile('T: !GetAtt Topic.TopicName'), { files }), aws);
    assert.equal(error, undefined);
    assert.equal(aws.input('states:CreateStateMachine')['definition'], definition.replaceAll('${T}', '12'));
  });

test('a value that a function takes out of what is not known is left to the service', async () => {
  const part = "T: !Select [1, !Split ['/', !Ref Topic]]";
  const files = { 'states/m.asl.json': '{"StartAt":"${T}"}' };
  assert.equal((await plan(fromFile(part), { files })).resources.length, 3);
});

test('an integration that the server does not have is refused; what it gets is checked as far as it is known', async () => {
  const integrations = {
    resourceProblem: (resource: string) => (resource.includes('ecs:') ? 'No such task here' : undefined),
    parameterProblems: (_resource: string, names: readonly string[], literals: object) =>
      names.map((name) => `${name} is ${JSON.stringify(Reflect.get(literals, name))}`),
  };
  const task = (resource: string) => `{"StartAt":"A","States":{"A":{"Type":"Task","End":true,
    "Resource":"arn:aws:states:::${resource}","Parameters":{"Message":"\${A}","TopicArn":"\${T}"}}}}`;
  const found = async (resource: string) =>
    refusal(fromFile('A: a, T: !Ref Topic'), {
      supported: { integrations },
      files: { 'states/m.asl.json': task(resource) },
    });
  assert.deepEqual(await found('ecs:runTask'), [
    'states/m.asl.json:2:5: The definition is not valid, SCHEMA_VALIDATION_FAILED: No such task here (/States/A/Resource). Correct the definition.',
  ]);
  assert.deepEqual(
    (await found('sns:publish')).map((line) => /FAILED: (.*) \(/.exec(line)?.[1]),
    ['Message is "a"', 'TopicArn is undefined'],
  );
});

test('an event pattern that is not valid is refused in an update, and an unchanged stack is planned as before', async () => {
  const { record: previous } = await apply(await plan(rule('{ source: [my.app] }')), new FakeAws());
  assert.deepEqual(await refusal(rule('{ source: my.app }'), { previous }), [
    'template.yaml:1:108: The event pattern is not valid: "source" must be an object or an array (Resources/R/Properties/EventPattern/source). Give a list of the values that match, or a map of fields.',
  ]);
  assert.deepEqual(actions(await plan(rule('{ source: [my.app] }'), { previous })), []);
});

test('a value of a pattern that only a resource will tell is left to the service, what is around it is not', async () => {
  assert.equal((await plan(rule('{ detail: { ip: [{ cidr: !Ref Topic }] } }'))).resources.length, 2);
  assert.match(
    (await refusal(rule('{ detail: { arn: [{ prefix: !Ref Topic }], a: [{ sufix: b }] } }')))[0] ?? '',
    /Unrecognized match type sufix \(Resources\/R\/Properties\/EventPattern\/detail\/a\)/,
  );
});

test('two names that are not known yet are two, as keys of a definition too', async () => {
  const two = 'A: !GetAtt Topic.TopicName, B: !Ref Topic';
  const definitions = [
    '{"StartAt":"${A}","States":{"${A}":{"Type":"Pass","Next":"C"},"C":{"Type":"Pass","Next":"${B}"},"${B}":{"Type":"Pass","End":true}}}',
    'StartAt: ${A}\nStates:\n  ${A}: { Type: Pass, Next: "${B}" }\n  ${B}: { Type: Pass, End: true }\n',
  ];
  for (const definition of definitions)
    await plan(fromFile(two), { files: { 'states/m.asl.json': definition } });
});

test('what a function makes of the parts of a value that is not known yet is not known either', async () => {
  const part = (index: number) => `!Select [${index}, !Split [':', !Ref Topic]]`;
  const definitions = [
    '{"StartAt":"A","States":{"A":{"Type":"Wait","Seconds":${Part},"End":true}}}',
    '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:states:::${Part}:publish","End":true}}}',
  ];
  for (const definition of definitions)
    await plan(fromFile(`Part: ${part(5)}`), { files: { 'states/m.asl.json': definition } });
  await plan(rule(`{ detail: { ip: [{ cidr: !Join ['', [${part(5)}, .0.0.0/8]] }] } }`));
  await plan(rule(`!Sub ['{"detail":{"n":[\${N}]}}', { N: ${part(5)} }]`));
});
