import type { ArrayFormat } from './parameters.ts';

/** An object as a form: members of members in brackets (`a[b]=c`), lists as the format says, null as nothing. */
export function formEncoded(value: object, format: ArrayFormat): string {
  return Object.entries(value)
    .flatMap(([name, member]) => pairs(name, member, format))
    .map(([name, text]) => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`)
    .join('&');
}

function pairs(name: string, value: unknown, format: ArrayFormat): [string, string][] {
  if (Array.isArray(value)) return listPairs(name, value, format);
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, member]) => pairs(`${name}[${key}]`, member, format));
  return [[name, value === null ? '' : String(value)]];
}

function listPairs(name: string, items: unknown[], format: ArrayFormat): [string, string][] {
  if (format === 'COMMAS') return [[name, items.map(plainText).join(',')]];
  return items.flatMap((item, index) => {
    const place = { INDICES: `${name}[${index}]`, BRACKETS: `${name}[]`, REPEAT: name }[format];
    return pairs(place, item, format);
  });
}

function plainText(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value ?? '');
}
