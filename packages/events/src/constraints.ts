import { ServiceError } from '@riposte/engine';

/** Of a number for which the service's model says no more than that it is an integer. */
export const INTEGER_MAX = 2 ** 31 - 1;

/** What the whole of a text must match. */
export interface Grammar {
  pattern: RegExp;
  /** As the service's message has it. */
  text: string;
}

const NAME: Grammar = { pattern: /^[.\-_A-Za-z0-9]+$/, text: String.raw`[\.\-_A-Za-z0-9]+` };
export const EVENT_BUS_NAME = { pattern: /^[/.\-_A-Za-z0-9]+$/, text: String.raw`[/\.\-_A-Za-z0-9]+` };

export function validationError(message: string): ServiceError {
  return new ServiceError('ValidationException', message);
}

/** Collects what is wrong with a request, to refuse it in the service's one sentence. */
export class Constraints {
  readonly #violations: string[] = [];

  /** @param member  the path the service names, e.g. `targets.1.member.id` */
  name(value: string, member: string, max: number, grammar = NAME): this {
    return this.matches(value, member, grammar).length(value, member, { min: 1, max });
  }

  length(value: string | undefined, member: string, bounds: { min?: number; max: number }): this {
    if (value === undefined) return this;
    if (value.length > bounds.max)
      this.violation(`'${value}'`, member, `have length less than or equal to ${bounds.max}`);
    if (value.length < (bounds.min ?? 0))
      this.violation(`'${value}'`, member, `have length greater than or equal to ${bounds.min}`);
    return this;
  }

  range(value: number | undefined, member: string, min: number, max: number): this {
    if (value === undefined) return this;
    if (value > max) this.violation(`'${value}'`, member, `have value less than or equal to ${max}`);
    if (value < min) this.violation(`'${value}'`, member, `have value greater than or equal to ${min}`);
    return this;
  }

  matches(value: string | undefined, member: string, grammar: Grammar): this {
    if (value !== undefined && !grammar.pattern.test(value))
      this.violation(`'${value}'`, member, `satisfy regular expression pattern: ${grammar.text}`);
    return this;
  }

  oneOf(value: string | undefined, member: string, values: readonly string[]): this {
    if (value !== undefined && !values.includes(value))
      this.violation(`'${value}'`, member, `satisfy enum value set: [${values.join(', ')}]`);
    return this;
  }

  /**
   * Texts in a list or a map: however many are wrong, it is one violation, which shows the whole and names all rules.
   * @param what  e.g. `Map keys`, as the services say it
   * @param shown  the list or map, as they print it
   */
  each(
    what: 'Member' | 'Map keys' | 'Map value',
    values: readonly string[],
    shown: string,
    { member, grammar, max }: { member: string; grammar: Grammar; max?: number },
  ): this {
    const isRight = (value: string) =>
      grammar.pattern.test(value) && (max === undefined || value.length <= max);
    if (values.every(isRight)) return this;
    const rules = [
      ...(max === undefined ? [] : [`Member must have length less than or equal to ${max}`]),
      `Member must satisfy regular expression pattern: ${grammar.text}`,
    ];
    this.#violations.push(
      `Value '${shown}' at '${member}' failed to satisfy constraint: ${what} must satisfy constraint: [${rules.join(', ')}]`,
    );
    return this;
  }

  violation(value: string, member: string, must: string): this {
    this.#violations.push(`Value ${value} at '${member}' failed to satisfy constraint: Member must ${must}`);
    return this;
  }

  /** @throws ServiceError ValidationException naming every violation */
  enforce(): void {
    const count = this.#violations.length;
    if (count === 0) return;
    throw validationError(
      `${count} validation error${count === 1 ? '' : 's'} detected: ${this.#violations.join('; ')}`,
    );
  }
}

/** @throws ServiceError ValidationException */
export function checkTags(tags: Readonly<Record<string, string>> = {}): void {
  const constraints = new Constraints();
  for (const [index, [key, value]] of Object.entries(tags).entries())
    constraints
      .length(key, `tags.${index + 1}.member.key`, { min: 1, max: 128 })
      .length(value, `tags.${index + 1}.member.value`, { max: 256 });
  constraints.enforce();
}
