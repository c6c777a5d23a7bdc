import assert from 'node:assert/strict';
import { test } from 'node:test';
import { InputTooLarge, transformInput, UndeliverableInput, unknownPlaceholder } from '@riposte/patterns';

const RULE = { ruleArn: 'arn:rule', ruleName: 'my-rule', ingestionTime: '2026-01-31T12:00:00Z' };
const EVENT = {
  id: '1',
  'detail-type': 'Order',
  time: '2026-01-31T11:59:58Z',
  detail: {
    user: { id: '0a78', tags: ['a', 'b'] },
    open: true,
    count: 3,
    nothing: null,
    lines: [{ sku: 'x' }, { sku: 'y' }],
  },
};
const PATHS = {
  user: '$.detail.user',
  id: '$.detail.user.id',
  tags: '$.detail.user.tags',
  open: '$.detail.open',
  count: '$.detail.count',
  nothing: '$.detail.nothing',
  sku: '$.detail.lines[1].sku',
  missing: '$.detail.missing',
  type: "$['detail-type']",
};

function filled(template: string): string {
  return transformInput({ InputTransformer: { InputPathsMap: PATHS, InputTemplate: template } }, EVENT, RULE);
}

const TEMPLATES: readonly (readonly [template: string, expected: string])[] = [
  ['"Order of <id>"', '"Order of 0a78"'],
  ['"<user>"', '"{id:0a78,tags:[a,b]}"'],
  ['"<tags>, <missing>!"', '"[a,b], !"'],
  ['"<open> <count>"', '"true 3"'],
  ['"one <id>"\n"two <sku>"', '"one 0a78"\n"two y"'],
  ['"{[/ odd <id>"', '"{[/ odd 0a78"'],
  ['{"id":<id>}', '{"id":"0a78"}'],
  ['{"id":"<id>"}', '{"id":"0a78"}'],
  [
    '{"path":"users/<id>/<sku>","user":<user>}',
    '{"path":"users/0a78/y","user":{"id":"0a78","tags":["a","b"]}}',
  ],
  ['{"list":[<id>,"x"],"n":<count>,"t":<type>}', '{"list":["0a78","x"],"n":3,"t":"Order"}'],
  ['{"missing":<missing>,"nothing":<nothing>}', '{"missing":"","nothing":null}'],
  ['{"quoted \\" <id>":1}', '{"quoted \\" 0a78":1}'],
  ['<count>', '3'],
  [
    '{"rule":<aws.events.rule-name>,"arn":"<aws.events.rule-arn>","at":<aws.events.event.ingestion-time>}',
    '{"rule":"my-rule","arn":"arn:rule","at":"2026-01-31T12:00:00Z"}',
  ],
  ['{"e":<aws.events.event>}', '{"e":{"id":"1","time":"2026-01-31T12:00:00Z","detailType":"Order"}}'],
  ['{"e":<aws.events.event.json>}', `{"e":${JSON.stringify(EVENT)}}`],
];

for (const [template, expected] of TEMPLATES) {
  test(`the template ${JSON.stringify(template)} gives ${JSON.stringify(expected)}`, () => {
    assert.equal(filled(template), expected);
  });
}

for (const template of ['{"user":"<user>"}', '<id> is no JSON', '{"a":<id>', '{<id>:1} x']) {
  test(`the template ${JSON.stringify(template)} gives no JSON and is not delivered`, () => {
    assert.throws(() => filled(template), UndeliverableInput);
  });
}

test('without a shape the whole event is sent', () => {
  assert.deepEqual(JSON.parse(transformInput({}, EVENT, RULE)), EVENT);
});

test('Input is sent as it is, InputPath sends the JSON of the node', () => {
  assert.equal(transformInput({ Input: '{"a": 1}' }, EVENT, RULE), '{"a": 1}');
  assert.equal(transformInput({ InputPath: '$.detail.user.id' }, EVENT, RULE), '"0a78"');
  assert.equal(transformInput({ InputPath: '$' }, EVENT, RULE), JSON.stringify(EVENT));
});

test('an InputPath that leads nowhere is not delivered', () => {
  assert.throws(() => transformInput({ InputPath: '$.detail.none' }, EVENT, RULE), UndeliverableInput);
  assert.throws(() => transformInput({ InputPath: '$.constructor' }, EVENT, RULE), UndeliverableInput);
});

test('placeholders are known when they stand in the map or are the service’s own', () => {
  const InputTemplate = '"<a> <aws.events.rule-arn> <b>"';
  assert.equal(unknownPlaceholder({ InputPathsMap: { a: '$.a' }, InputTemplate }), 'b');
  assert.equal(unknownPlaceholder({ InputPathsMap: { a: '$.a', b: '$.b' }, InputTemplate }), undefined);
});

test('an input of the largest size is filled, one byte more is not', () => {
  const bytes = (text: string) => Buffer.byteLength(text);
  const shape = { InputTransformer: { InputPathsMap: { a: '$.a' }, InputTemplate: '{"é":<a>,"b":"<a>"}' } };
  const frame = bytes('{"é":"","b":""}');
  const half = (1_048_576 - frame - 2) / 2;
  assert.ok(Number.isInteger(half));
  const largest = transformInput(shape, { a: `é${'x'.repeat(half - 1)}` }, RULE);
  assert.equal(bytes(largest), 1_048_576);
  assert.throws(() => transformInput(shape, { a: `é${'x'.repeat(half)}` }, RULE), InputTooLarge);
});

for (const [kind, quote] of [
  ['JSON', ''],
  ['text', '"'],
] as const)
  test(`a template of ${kind} that repeats a large value is given up before it is put together`, () => {
    let written = 0;
    const event = {
      detail: {
        toJSON() {
          written += 1;
          return 'x'.repeat(900_000);
        },
      },
    };
    const InputTemplate = `${quote}${'<a> '.repeat(1000)}${quote}`;
    const shape = { InputTransformer: { InputPathsMap: { a: '$.detail' }, InputTemplate } };
    assert.throws(() => transformInput(shape, event, RULE), InputTooLarge);
    assert.equal(written, 1, 'a value is written once, however often it stands in the template');
  });
