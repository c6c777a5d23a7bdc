/** Known names and what they stand for. */
export type Names = Record<string, unknown>;

/** A test case that cannot be carried out as it is written. */
export class BrokenTestCase extends Error {
  override readonly name = 'BrokenTestCase';
}

const REFERENCE = /\$(\$?)\{([^}]*)\}/g;

/**
 * Puts answers in the place of `${name.Member[0]}`, everywhere in a value. A text that is nothing but a reference becomes
 * what it names, whatever its type. `$${` stands for `${`.
 * @throws BrokenTestCase naming what is not known
 */
export function resolveReferences<T>(value: T, names: Names): T;
export function resolveReferences(value: unknown, names: Names): unknown {
  if (typeof value === 'string') return resolveText(value, names);
  if (Array.isArray(value)) return value.map((item: unknown) => resolveReferences(item, names));
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array)
    return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      resolveReferences(name, names),
      resolveReferences(member as unknown, names),
    ]),
  );
}

function resolveText(text: string, names: Names): unknown {
  const whole = /^\$\{([^}]*)\}$/.exec(text);
  if (whole) return lookUp(whole[1] ?? '', names);
  return text.replaceAll(REFERENCE, (found, escaped: string, path: string) => {
    if (escaped !== '') return found.slice(1);
    const value = lookUp(path, names);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}

function lookUp(path: string, names: Names): unknown {
  let value: unknown = names;
  for (const step of path.split(/[.[\]]+/).filter((part) => part !== '')) {
    const holds = typeof value === 'object' && value !== null && Object.hasOwn(value, step);
    value = holds ? (value as Names)[step] : undefined;
    if (value === undefined)
      throw new BrokenTestCase(
        `\${${path}} names nothing: there is no ${step}. Known are ${Object.keys(names).join(', ')}; write $\${ for a text that is no reference.`,
      );
  }
  return value;
}
