import assert from 'node:assert/strict';
import test from 'node:test';
import { ServiceError } from '@riposte/engine';
import { ANSWER_BYTES_MAX, decodeAnswer, encodeAnswer, type Answer } from '../../src/journal/answer.ts';

function throughText(answer: Answer): Answer {
  const text = encodeAnswer(answer);
  assert.ok(text !== undefined);
  return decodeAnswer(text);
}

test('an answer comes back as it was, with its dates and blobs', () => {
  const answer: Answer = {
    kind: 'output',
    requestId: 'r',
    output: {
      at: new Date(1_700_000_000_123),
      blob: new Uint8Array([0, 255, 7]),
      list: [{ when: new Date(0) }, 'x', 1, true, null],
      nested: { empty: {}, none: [] },
    },
  };
  assert.deepEqual(throughText(answer), answer);
});

test('an object that looks like a tag stays an object', () => {
  const output = { $date: 5, inner: { $date: 5 }, wrapped: { $plain: { $blob: 'AA==' } } };
  const answer: Answer = { kind: 'output', requestId: 'r', output };
  assert.deepEqual(throughText(answer), answer);
});

test('a refusal comes back with code, text and status', () => {
  const error = new ServiceError('NoSuchEntity', 'The user cannot be found.', 404);
  const back = throughText({ kind: 'error', requestId: 'r', error });
  assert.ok(back.kind === 'error' && back.error instanceof ServiceError);
  const { code, message, status } = back.error;
  assert.deepEqual({ code, message, status }, { code: 'NoSuchEntity', message: error.message, status: 404 });
});

test('an answer that is too large is not kept', () => {
  const output = { text: 'x'.repeat(ANSWER_BYTES_MAX) };
  assert.equal(encodeAnswer({ kind: 'output', requestId: 'r', output }), undefined);
});
