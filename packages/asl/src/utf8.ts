/** The text as UTF-8 bytes. */
export function utf8Encode(text: string): number[] {
  const bytes: number[] = [];
  for (const character of text) {
    const code = character.codePointAt(0)!; // a character of an iterated string has a code point
    if (code < 0x80) bytes.push(code);
    else if (code < 0x800) bytes.push(0xc0 | (code >> 6), continuation(code));
    else if (code >= 0xd800 && code <= 0xdfff) bytes.push(0xef, 0xbf, 0xbd);
    else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), continuation(code >> 6), continuation(code));
    else
      bytes.push(0xf0 | (code >> 18), continuation(code >> 12), continuation(code >> 6), continuation(code));
  }
  return bytes;
}

/** UTF-8 bytes as text; a malformed sequence becomes U+FFFD. */
export function utf8Decode(bytes: readonly number[]): string {
  let text = '';
  for (let i = 0; i < bytes.length;) {
    const first = bytes[i++]!; // i is below the length
    const length =
      first < 0x80 ? 0 : first >> 5 === 6 ? 1 : first >> 4 === 14 ? 2 : first >> 3 === 30 ? 3 : -1;
    let code = length === 0 ? first : first & (0x3f >> length);
    let wellFormed = length >= 0;
    for (let n = 0; n < length && wellFormed; n++) {
      const next = bytes[i];
      wellFormed = next !== undefined && next >> 6 === 2;
      if (wellFormed) {
        code = (code << 6) | (next! & 0x3f); // well-formed implies present
        i++;
      }
    }
    const smallest = [0, 0x80, 0x800, 0x10000][length] ?? 0;
    const isScalar = code <= 0x10ffff && code >= smallest && (code < 0xd800 || code > 0xdfff);
    text += wellFormed && isScalar ? String.fromCodePoint(code) : '\ufffd';
  }
  return text;
}

function continuation(code: number): number {
  return 0x80 | (code & 0x3f);
}
