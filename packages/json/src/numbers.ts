/**
 * JSON numbers as the service holds and prints them. It is written in Java: a number with a fraction or an exponent is
 * a double and printed as `Double.toString` does (`1.0`, `1.0E10`, `1.0E-4`), any other is an integer of any length and
 * printed digit by digit. Most numbers look the same in JavaScript and stay JavaScript's; the others are ServiceNumbers.
 */
/** Writes text as it stands where `JSON.stringify` asks for a value. ES2025; the library that is compiled against is older. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): object };

/** A number that JavaScript would print otherwise than the service: `1.0`, `1.0E10`, `12345678901234567890`. */
export class ServiceNumber {
  /** As the service prints it. */
  readonly text: string;
  /** The nearest that JavaScript has. */
  readonly #value: number;

  constructor(text: string) {
    this.text = text;
    this.#value = Number(text);
  }

  valueOf(): number {
    return this.#value;
  }

  toJSON(): object {
    return rawJSON(this.text);
  }
}

/** The number that a value is; undefined for any other value. */
export function numberOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return value instanceof ServiceNumber ? value.valueOf() : undefined;
}

/** A number of JSON text or of an intrinsic function. Beyond what a double holds it is infinite, as `JSON.parse` has it. */
export function readNumber(text: string): number | ServiceNumber {
  const value = Number(text);
  if (/[.eE]/.test(text)) return Number.isFinite(value) ? double(value) : value;
  // But for noughts before it, which JSON does not have, the text is the number: BigInt takes seconds for a million digits.
  return Number.isSafeInteger(value) ? value + 0 : new ServiceNumber(text.replace(/^(-?)0+/, '$1'));
}

/** A double, read or calculated; a finite one. */
export function double(value: number): number | ServiceNumber {
  const text = doubleText(value);
  return text === String(value) ? value : new ServiceNumber(text);
}

/** `Double.toString`: at least one digit on each side of the point; an exponent below 10⁻³ and from 10⁷ on. */
function doubleText(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0.0' : '0.0';
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e7) return Number.isInteger(value) ? `${value}.0` : String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  return `${digits.includes('.') ? digits : `${digits}.0`}E${exponent.replace('+', '')}`;
}
