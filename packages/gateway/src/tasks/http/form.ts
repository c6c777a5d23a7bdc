import { plainText, type ArrayFormat } from './parameters.ts';

/**
 * An object as a form: members of members in brackets (`a[b]=c`), lists as the format says, null as nothing.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html, "Applying URL-encoding on request body"
 */
export function formEncoded(value: object, format: ArrayFormat): string {
  return encodedPairs(Object.entries(value).flatMap(([name, member]) => pairs(name, member, format)));
}

/** A space as `%20`, as the service writes it. */
export function encodedPairs(list: readonly (readonly [string, string])[]): string {
  return list.map(([name, text]) => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`).join('&');
}

function pairs(name: string, value: unknown, format: ArrayFormat): [string, string][] {
  if (Array.isArray(value)) return listPairs(name, value, format);
  const text = plainText(value ?? '');
  if (text !== undefined) return [[name, text]];
  return Object.entries(value as object).flatMap(([key, member]) => pairs(`${name}[${key}]`, member, format)); // what is left of JSON
}

function listPairs(name: string, items: unknown[], format: ArrayFormat): [string, string][] {
  if (format === 'COMMAS')
    return [[name, items.map((item) => plainText(item ?? '') ?? JSON.stringify(item)).join(',')]];
  return items.flatMap((item, index) => {
    const place = { INDICES: `${name}[${index}]`, BRACKETS: `${name}[]`, REPEAT: name }[format];
    return pairs(place, item, format);
  });
}
