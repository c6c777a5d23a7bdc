/** One step of applying or tearing down. */
export interface StackProgress {
  logicalId: string;
  type: string;
  action: 'create' | 'update' | 'replace' | 'delete' | 'retain';
  phase: 'started' | 'done' | 'failed';
  physicalId?: string;
  /** Why it failed. */
  reason?: string;
}

export type ReportProgress = (event: StackProgress) => void;

/**
 * A resource could not be made, changed or deleted. The record says how far it went; nothing is rolled back, and
 * the same command again continues from there.
 */
export class StackFailure extends Error {
  readonly stackName: string;
  readonly logicalId: string;
  readonly resourceType: string;
  /** The service's code, e.g. `AccessDenied`. */
  readonly code: string;
  /** The service's code and text, e.g. `AccessDenied: User u may not …`. */
  readonly reason: string;

  constructor(
    stackName: string,
    step: { logicalId: string; type: string; action: string },
    continuation: string,
    cause: unknown,
  ) {
    const code = cause instanceof Error ? cause.name : 'Error';
    const reason = `${code}: ${cause instanceof Error ? cause.message : String(cause)}`;
    super(
      `Stack ${stackName}: could not ${step.action} ${step.logicalId} (${step.type}): ${reason.replace(/\.$/, '')}. ` +
        `What was done before stays as it is, nothing was rolled back; ${continuation}.`,
      { cause },
    );
    this.name = 'StackFailure';
    this.stackName = stackName;
    this.logicalId = step.logicalId;
    this.resourceType = step.type;
    this.code = code;
    this.reason = reason;
  }
}
