import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StateGraph } from '@riposte/asl';
import { layoutMachine, renderSvg, stateStatuses, type StateStatus } from '../src/index.ts';
import { machineNamed, machineNames } from './support.ts';

/** Reads XML far enough to see that tags match and text is escaped. @returns names of all elements */
function elementsOf(xml: string): string[] {
  const names: string[] = [];
  const open: string[] = [];
  let end = 0;
  for (const match of xml.matchAll(/<(\/?)([a-z]+)((?: [a-zA-Z-]+="[^"<]*")*)(\/?)>/g)) {
    assert.doesNotMatch(xml.slice(end, match.index), /[<]|&(?!(amp|lt|gt|quot|apos);)/, 'text is escaped');
    end = match.index + match[0].length;
    const [, closing, name = '', attributes = '', alone] = match;
    assert.doesNotMatch(attributes, /&(?!(amp|lt|gt|quot|apos);)/);
    if (closing === '/') assert.equal(open.pop(), name);
    else names.push(name);
    if (closing === '' && alone === '') open.push(name);
  }
  assert.deepEqual(open, []);
  assert.equal(end, xml.length);
  return names;
}

const allowed = new Set(['svg', 'title', 'desc', 'style', 'g', 'rect', 'path', 'circle', 'text']);

for (const name of machineNames)
  test(`drawn as well-formed SVG: ${name}`, async () => {
    const layout = await layoutMachine(machineNamed(name));
    for (const svg of [renderSvg(layout), renderSvg(layout, { A: 'running' })]) {
      for (const element of elementsOf(svg)) assert.ok(allowed.has(element), element);
      assert.doesNotMatch(svg, /NaN|undefined|href|url\(|@import/);
    }
  });

test('no text of a definition becomes markup', async () => {
  const name = `</text><script>alert("1")</script>&'\u0000\uD800 <img onerror=x>`;
  const machine = {
    Comment: '</title><script>1</script>',
    StartAt: name,
    States: {
      [name]: {
        Type: 'Choice',
        Choices: [{ Variable: '$.a', StringEquals: '"><script>', Next: 'End' }],
        Default: 'End',
      },
      End: { Type: 'Fail', Error: '<b onclick="x">' },
    },
  } satisfies StateGraph;
  const svg = renderSvg(await layoutMachine(machine), { [name]: 'failed' });
  for (const element of elementsOf(svg)) assert.ok(allowed.has(element), element);
  assert.ok(svg.isWellFormed());
  assert.ok(!svg.includes('\u0000'));
});

test('a drawing has a title and says in words what it shows', async () => {
  const layout = await layoutMachine(machineNamed('one-state'));
  assert.match(
    renderSvg(layout),
    /^<svg [^>]*role="img"[^>]*><title>State machine<\/title>\n<desc>One state: Only\.<\/desc>/,
  );
  assert.match(renderSvg(layout, { Only: 'timedOut' }), /<desc>One state: Only timed out\.<\/desc>/);
});

test('every status is drawn with its words, and with its glyph where it has one', async () => {
  const layout = await layoutMachine(machineNamed('one-state'));
  for (const [status, { words }] of Object.entries(stateStatuses)) {
    const svg = renderSvg(layout, { Only: status as StateStatus }); // a key of the table is a status
    assert.match(svg, new RegExp(`<g class="node ${status}" data-state="Only">`));
    assert.ok(svg.includes(`>pass · ${words}</text>`));
    const hasGlyph = status !== 'notStarted' && status !== 'skipped';
    assert.equal(svg.includes('<circle class="disc"'), hasGlyph, status);
  }
});

test('ways that an execution took stand out from those that it did not take', async () => {
  const svg = renderSvg(await layoutMachine(machineNamed('loops')), {
    A: 'caughtError',
    Z: 'failed',
    B: 'skipped',
  });
  const groups = [...svg.matchAll(/<g class="([a-z]+) (taken|untaken)">/g)].map(
    ([, kind, taken]) => `${kind} ${taken}`,
  );
  assert.deepEqual(groups.sort(), [
    'catch taken',
    'choice untaken',
    'choice untaken',
    'default untaken',
    'end taken',
    'next untaken',
    'next untaken',
    'start taken',
  ]);
});
