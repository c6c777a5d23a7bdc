/** One finding about a definition, in the words of ValidateStateMachineDefinition. */
export interface Diagnostic {
  severity: 'ERROR' | 'WARNING';
  /** E.g. `SCHEMA_VALIDATION_FAILED`, `MISSING_TRANSITION_TARGET`. */
  code: string;
  message: string;
  /** Slash path into the definition, e.g. `/States/A/Next`; absent where AWS gives none. */
  location?: string;
}

/** As error messages of the API print them: `CODE: text at /path, CODE: …`; without a location `at null`. */
export function formatDiagnostics(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ code, message, location }) => `${code}: ${message} at ${location ?? 'null'}`)
    .join(', ');
}

/** Collects the findings of the rules. */
export class Findings {
  readonly diagnostics: Diagnostic[] = [];

  /** A finding of the code that most rules have. */
  schema(message: string, location: string): void {
    this.add('SCHEMA_VALIDATION_FAILED', message, location);
  }

  add(code: string, message: string, location?: string): void {
    this.diagnostics.push({
      severity: 'ERROR',
      code,
      message,
      ...(location !== undefined && { location }),
    });
  }

  /** Keeps nobody from creating the machine. */
  warn(code: string, message: string, location: string): void {
    this.diagnostics.push({ severity: 'WARNING', code, message, location });
  }
}
