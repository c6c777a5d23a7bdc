import { conditionsHold } from './conditions/match.ts';
import type { Statement } from './document.ts';
import { matchPrincipal, type PrincipalMatch } from './principals.ts';
import type { AccessRequest, NamedPolicy, RequestContext } from './request.ts';
import { arnMatches, compileGlob, globMatches } from './wildcards.ts';

/** A statement that speaks about a request. */
export interface Match {
  policy: string;
  /** Its Sid, else its place in the document, from 0. */
  statement: string | number;
  effect: 'Allow' | 'Deny';
  principal: PrincipalMatch;
}

/**
 * All statements of some policies that apply to a request, in the order written.
 * @param principals  whether the policies name principals (resource and trust policies) or stand on one
 */
export function matchingStatements(
  policies: readonly NamedPolicy[],
  request: AccessRequest,
  context: RequestContext,
  principals: boolean,
): Match[] {
  return policies.flatMap(({ name, document }) => {
    const variables = document.version === '2012-10-17';
    return document.statements.flatMap((statement, index): Match[] => {
      const principal = principals ? matchPrincipal(statement.principal, request.principal) : 'itself';
      const applies =
        principal !== 'none' &&
        actionMatches(statement, request.action) &&
        resourceMatches(statement, request.resource, context, variables) &&
        conditionsHold(statement.conditions, { context, variables });
      return applies
        ? [{ policy: name, statement: statement.sid || index, effect: statement.effect, principal }]
        : [];
    });
  });
}

function actionMatches(statement: Statement, action: string): boolean {
  const { negated, value } = statement.action;
  const lower = action.toLowerCase();
  const found = value.some((pattern) => {
    const glob = compileGlob(pattern.toLowerCase(), {}, false);
    return glob !== undefined && globMatches(glob, lower);
  });
  return found !== negated;
}

function resourceMatches(
  statement: Statement,
  resource: string | undefined,
  context: RequestContext,
  variables: boolean,
): boolean {
  if (!statement.resource) return true;
  const { negated, value } = statement.resource;
  if (resource === undefined) return statement.effect === 'Allow' || (!negated && value.includes('*'));
  const globs = value.map((pattern) => compileGlob(pattern, context, variables));
  // A NotResource whose variable has no value must not widen what is allowed; a Deny by it stays a Deny.
  if (negated && statement.effect === 'Allow' && globs.includes(undefined)) return false;
  const found = globs.some((glob) => glob !== undefined && arnMatches(glob, resource));
  return found !== negated;
}
