/** Advance widths of ASCII 32 to 126 in thousandths of the font size: the metrics that Arial and Helvetica share. */
const ASCII_WIDTHS = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556,
  556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278,
  500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469,
  556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500,
  278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
/** Where neither font is installed, DejaVu Sans is likely to stand in, and it is about a sixth wider. */
const SLACK = 1.16;
const BOLD = 1.07;

/** Width of one line of text in pixels, without a browser. */
export function textWidth(text: string, fontSizePx: number, isBold = false): number {
  let thousandths = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    // beyond Latin, Greek and Cyrillic, characters are mostly full width
    thousandths += ASCII_WIDTHS[code - 32] ?? (code < 0x1100 ? 600 : 1000);
  }
  return (thousandths / 1000) * fontSizePx * SLACK * (isBold ? BOLD : 1);
}
