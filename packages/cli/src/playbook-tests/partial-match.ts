/**
 * Whether a value holds what is expected: of an object the named members, of a list every item and no more.
 * @returns what differs first, or undefined
 */
export function difference(expected: unknown, seen: unknown, at = ''): string | undefined {
  if (Array.isArray(expected)) {
    if (!Array.isArray(seen)) return differs(expected, seen, at);
    if (expected.length !== seen.length)
      return `${place(at)}${expected.length} items expected, ${seen.length} seen: ${shown(seen)}`;
    return first(expected.map((item, index) => difference(item, seen[index], `${at}[${index}]`)));
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof seen !== 'object' || seen === null || Array.isArray(seen)) return differs(expected, seen, at);
    return first(
      Object.entries(expected).map(([name, member]) =>
        difference(
          member,
          (seen as Record<string, unknown>)[name],
          /^\w+$/.test(name) ? `${at}.${name}` : `${at}[${JSON.stringify(name)}]`,
        ),
      ),
    );
  }
  return Object.is(expected, seen) ? undefined : differs(expected, seen, at);
}

const SHOWN_MAX = 400;

export function shown(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text;
}

function differs(expected: unknown, seen: unknown, at: string): string {
  return `${place(at)}expected ${shown(expected)}, seen ${shown(seen)}`;
}

function place(at: string): string {
  return at === '' ? '' : `at ${at}: `;
}

function first(differences: (string | undefined)[]): string | undefined {
  return differences.find((one) => one !== undefined);
}
