/** One finding about a definition, in the words of ValidateStateMachineDefinition. */
export interface Diagnostic {
  severity: 'ERROR' | 'WARNING';
  /** E.g. `SCHEMA_VALIDATION_FAILED`, `MISSING_TRANSITION_TARGET`. */
  code: string;
  message: string;
  /** Slash path into the definition, e.g. `/States/A/Next`; absent where AWS gives none. */
  location?: string;
}
