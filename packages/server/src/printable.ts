/**
 * Text of another's making may hold escape codes, or marks that turn the direction of writing so that a line reads as
 * another; a terminal must not obey them. Line breaks and tabs stay.
 */
export function printable(text: string): string {
  return text.replaceAll(/[^\P{Cc}\t\n]|[\p{Bidi_Control}\u2028\u2029]/gu, '\uFFFD');
}

/** The same where lines are told apart: what follows the first stands further in, so that none passes for a line of ours. */
export function printableLines(text: string): string {
  return printable(text).replaceAll('\n', '\n    ');
}
