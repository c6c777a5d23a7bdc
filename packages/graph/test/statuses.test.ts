import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateStatuses } from '../src/index.ts';

/** Relative luminance and contrast of WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((index) => Number.parseInt(colour.slice(index, index + 2), 16) / 255)
    .map((value) => (value <= 0.040_45 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

for (const [status, look] of Object.entries(stateStatuses)) {
  test(`${status} can be told from its ground and read on its fill`, () => {
    assert.ok(contrast(look.stroke, '#ffffff') >= 3, `light ${contrast(look.stroke, '#ffffff')}`);
    assert.ok(contrast(look.darkStroke, '#161d26') >= 3, `dark ${contrast(look.darkStroke, '#161d26')}`);
    if (look.fill !== 'none') assert.ok(contrast('#4a5563', look.fill) >= 4.5, 'caption on light fill');
    if (look.darkFill !== 'none')
      assert.ok(contrast('#b6c0cc', look.darkFill) >= 4.5, 'caption on dark fill');
  });
}

test('no two statuses share glyph or words, so that colour is never needed', () => {
  const looks = Object.values(stateStatuses);
  assert.equal(new Set(looks.map(({ glyph }) => glyph)).size, looks.length);
  assert.equal(new Set(looks.map(({ words }) => words)).size, looks.length);
});
