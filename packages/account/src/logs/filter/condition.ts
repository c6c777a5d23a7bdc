import { type Tokens } from './tokens.ts';

/** `a && b || (c && d)`: `&&` binds closer. */
export function condition<Subject>(
  tokens: Tokens,
  simple: (tokens: Tokens) => (subject: Subject) => boolean,
): (subject: Subject) => boolean {
  const single = (): ((subject: Subject) => boolean) => {
    if (tokens.takeIf('(') === undefined) return simple(tokens);
    const inner = either();
    tokens.expect(')');
    return inner;
  };
  const both = () => {
    const parts = [single()];
    while (tokens.takeIf('&&') !== undefined) parts.push(single());
    return (subject: Subject) => parts.every((part) => part(subject));
  };
  const either = () => {
    const parts = [both()];
    while (tokens.takeIf('||') !== undefined) parts.push(both());
    return (subject: Subject) => parts.some((part) => part(subject));
  };
  return either();
}
