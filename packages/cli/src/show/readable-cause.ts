import { oneLine } from '../terminal.ts';

const CAUSE_CHARACTERS_MAX = 300;
const PLACE_LINES_MAX = 6;
const PLACE_COLUMNS_MAX = 200;

export interface ReadableCause {
  /** One line, maybe empty. */
  message: string;
  /** File and line in the function's code, the source line and its mark, where the error's trace begins with them. */
  place: string[];
}

/** Of a function's error object the message is enough. What JSON hides in escapes is in sight only now. */
export function readableCause(cause: unknown): ReadableCause {
  if (typeof cause !== 'string') return { message: '', place: [] };
  const error = errorIn(cause);
  const told = error === undefined ? cause : String(error.errorMessage);
  return {
    message: oneLine(told.length > CAUSE_CHARACTERS_MAX ? `${told.slice(0, CAUSE_CHARACTERS_MAX)}…` : told),
    place: error === undefined ? [] : placeIn(error),
  };
}

/** What stands before the error itself, as Node.js puts it there for code that does not compile. */
function placeIn(error: { errorType?: unknown; trace?: unknown }): string[] {
  const { errorType, trace } = error;
  if (typeof errorType !== 'string' || !Array.isArray(trace)) return [];
  const lines = trace.filter((line) => typeof line === 'string');
  const titleAt = lines.findIndex((line) => line.startsWith(errorType));
  return lines
    .slice(0, Math.max(0, Math.min(titleAt, PLACE_LINES_MAX)))
    .filter((line) => line !== '')
    .map((line) => oneLine(line.slice(0, PLACE_COLUMNS_MAX)));
}

function errorIn(cause: string): { errorMessage: unknown; errorType?: unknown; trace?: unknown } | undefined {
  try {
    const parsed: unknown = JSON.parse(cause);
    if (typeof parsed === 'object' && parsed !== null && 'errorMessage' in parsed) return parsed;
  } catch {
    // plain text
  }
  return undefined;
}
