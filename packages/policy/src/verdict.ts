import type { Match } from './statements.ts';

/** The kind of policy that decided. */
export type PolicyKind =
  'identity-based' | 'resource-based' | 'permissions boundary' | 'session' | 'role trust';

/** What policies say to a request, and which statement decided. */
export interface Verdict {
  decision: 'Allow' | 'ExplicitDeny' | 'ImplicitDeny';
  kind: PolicyKind;
  /** Name of the policy that decided; absent when none spoke. */
  policy?: string;
  /** Sid of the deciding statement, else its place in the document, from 0. */
  statement?: string | number;
  /**
   * Of an Allow by a resource or trust policy: it names the caller's account, not the caller, so the caller's own
   * identity policies must allow the action as well.
   */
  delegatedToAccount?: true;
  /** One sentence for people. */
  reason: string;
}

export function allowedBy(kind: PolicyKind, match: Match): Verdict {
  return {
    ...verdictOf('Allow', kind, match, `${statementText(match)} allows it (${kind} policy).`),
    ...(match.principal === 'account' ? { delegatedToAccount: true as const } : {}),
  };
}

export function explicitlyDeniedBy(kind: PolicyKind, match: Match): Verdict {
  return verdictOf('ExplicitDeny', kind, match, `${statementText(match)} denies it (${kind} policy).`);
}

export function implicitlyDeniedBy(kind: PolicyKind, action: string): Verdict {
  const subject = kind === 'permissions boundary' ? kind : `${kind} policy`;
  return { decision: 'ImplicitDeny', kind, reason: `No ${subject} allows ${action}.` };
}

function verdictOf(decision: Verdict['decision'], kind: PolicyKind, match: Match, reason: string): Verdict {
  return { decision, kind, policy: match.policy, statement: match.statement, reason };
}

function statementText({ policy, statement }: Match): string {
  const name = typeof statement === 'number' ? `Statement ${statement}` : `Statement "${statement}"`;
  return `${name} of policy "${policy}"`;
}
