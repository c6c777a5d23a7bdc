/** Text for XML: escaped, and without the characters that XML cannot hold at all. */
export function escapeXml(text: string): string {
  return (
    text
      .toWellFormed()
      // XML 1.0, section 2.2: no control characters but tab and line breaks, no U+FFFE and U+FFFF
      .replaceAll(/[^\t\n\r\u0020-\uFFFD\u{10000}-\u{10FFFF}]/gu, '\uFFFD')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
      .replaceAll("'", '&apos;')
  );
}

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** One element; attributes are escaped, `children` are markup already. */
export function element(name: string, attributes: Attributes, children?: string): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === 'number' ? number(value) : escapeXml(value ?? '')}"`)
    .join('');
  return children === undefined ? `<${name}${written}/>` : `<${name}${written}>${children}</${name}>`;
}

/** To tenths, which is enough for a pixel. */
export function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}
