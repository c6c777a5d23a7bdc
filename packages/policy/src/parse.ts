import { conditionOperators } from './conditions/operators.ts';
import {
  MalformedPolicy,
  type Condition,
  type Negatable,
  type PolicyDocument,
  type PolicyUse,
  type PrincipalSet,
  type Statement,
} from './document.ts';

const VERSIONS = ['2008-10-17', '2012-10-17'] as const;
const STATEMENT_ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]);

/**
 * Reads policy text.
 * @param use  where the document will stand. Without it only what holds for every policy is checked.
 * @throws MalformedPolicy
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parsePolicy(text: string, use?: PolicyUse): PolicyDocument {
  const root = objectOf(readJson(text), 'the document');
  for (const name of Object.keys(root))
    if (!['Version', 'Id', 'Statement'].includes(name))
      throw malformed('Syntax errors in policy.', 'the document', `unknown element ${quote(name)}`);

  const version = VERSIONS.find((known) => known === (root.Version ?? VERSIONS[0]));
  if (version === undefined)
    throw malformed(
      'The policy must contain a valid version string.',
      'Version',
      `${quote(root.Version)} is none; use "2012-10-17"`,
    );
  if (root.Statement === undefined)
    throw malformed('Syntax errors in policy.', 'the document', 'Statement is missing');
  const list = Array.isArray(root.Statement) ? root.Statement : [root.Statement];
  if (list.length === 0) throw malformed('Syntax errors in policy.', 'Statement', 'the list is empty');

  const statements = list.map((value: unknown, index) => readStatement(value, `Statement[${index}]`, use));
  refuseRepeatedSids(statements);
  return { version, ...(typeof root.Id === 'string' ? { id: root.Id } : {}), statements };
}

function readStatement(value: unknown, at: string, use: PolicyUse | undefined): Statement {
  const raw = objectOf(value, at);
  for (const name of Object.keys(raw))
    if (!STATEMENT_ELEMENTS.has(name))
      throw malformed('Syntax errors in policy.', at, `unknown element ${quote(name)}`);

  const effect = raw.Effect;
  if (effect !== 'Allow' && effect !== 'Deny')
    throw malformed(
      'Syntax errors in policy.',
      `${at}.Effect`,
      `must be "Allow" or "Deny", and is ${quote(effect)}`,
    );
  const action = oneOf(raw, 'Action', at, stringList);
  if (action === undefined)
    throw malformed('Policy statement must contain actions.', at, 'neither Action nor NotAction is there');
  const resource = oneOf(raw, 'Resource', at, stringList);
  const principal = oneOf(raw, 'Principal', at, readPrincipals);

  const statement: Statement = {
    ...(raw.Sid === undefined ? {} : { sid: stringOf(raw.Sid, `${at}.Sid`) }),
    effect,
    ...(principal ? { principal } : {}),
    action,
    ...(resource ? { resource } : {}),
    conditions: raw.Condition === undefined ? [] : readConditions(raw.Condition, `${at}.Condition`),
  };
  checkActions(statement, at);
  checkUse(statement, at, use);
  return statement;
}

function checkActions(statement: Statement, at: string): void {
  for (const action of statement.action.value)
    if (action !== '*' && !/^[\w*?-]+:[\w*?-]+$/.test(action))
      throw malformed(
        'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
        at,
        `the action is ${quote(action)}; write service:Operation`,
      );
}

function checkUse(statement: Statement, at: string, use: PolicyUse | undefined): void {
  if (use === 'identity') {
    if (statement.principal)
      throw malformed('Policy document should not specify a principal.', at, 'it stands on an identity');
    if (statement.sid !== undefined && !/^[0-9A-Za-z]*$/.test(statement.sid))
      throw malformed(
        'Statement IDs (SID) must be alpha-numeric.',
        `${at}.Sid`,
        `found ${quote(statement.sid)}`,
      );
  }
  if (use === 'identity' || use === 'resource') {
    if (!statement.resource)
      throw malformed(
        'Policy statement must contain resources.',
        at,
        'neither Resource nor NotResource is there',
      );
    for (const resource of statement.resource.value)
      if (resource !== '*' && !/^(arn:|\$\{|\*)/.test(resource))
        throw malformed(
          `Resource ${resource} must be in ARN format or "*".`,
          at,
          'an ARN starts with "arn:"',
        );
  }
  if (use === 'trust' && statement.resource)
    throw malformed('Has prohibited field Resource', at, 'the role itself is the resource');
  if ((use === 'trust' || use === 'resource') && !statement.principal)
    throw malformed('Missing required field Principal', at, 'name who is meant');
}

function readPrincipals(value: unknown, at: string): PrincipalSet {
  const none = { everybody: false, aws: [], services: [], federated: [], canonicalUsers: [] };
  if (value === '*') return { ...none, everybody: true };
  if (typeof value === 'string')
    throw malformed('Invalid principal in policy', at, `${quote(value)} needs a type, such as {"AWS": …}`);
  const raw = objectOf(value, at);
  const members = {
    AWS: 'aws',
    Service: 'services',
    Federated: 'federated',
    CanonicalUser: 'canonicalUsers',
  };
  const lists = Object.entries(raw).map(([type, names]) => {
    if (!Object.hasOwn(members, type))
      throw malformed('Invalid principal in policy', at, `unknown type ${quote(type)}`);
    return [members[type as keyof typeof members], stringList(names, `${at}.${type}`)]; // checked one line above
  });
  return { ...none, ...Object.fromEntries(lists) };
}

function readConditions(value: unknown, at: string): Condition[] {
  return Object.entries(objectOf(value, at)).flatMap(([name, keys]) => {
    const parts = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(name);
    const operator = parts?.[2];
    if (!parts || operator === undefined || !Object.hasOwn(conditionOperators, operator))
      throw malformed('Invalid Condition type', at, `${quote(name)} is no condition operator`);
    if (operator === 'Null' && parts[3])
      throw malformed('Invalid Condition type', at, 'Null looks at absence itself and takes no IfExists');
    const set = parts[1] as Condition['set']; // one of the two names in the expression above
    const ifExists = parts[3] !== undefined;
    return Object.entries(objectOf(keys, `${at}.${name}`)).map(([key, given]): Condition => {
      const values = valueList(given, `${at}.${name}.${key}`);
      return set ? { operator, set, ifExists, key, values } : { operator, ifExists, key, values };
    });
  });
}

function refuseRepeatedSids(statements: readonly Statement[]): void {
  const seen = new Set<string>();
  for (const { sid } of statements) {
    if (sid === undefined || sid === '') continue;
    if (seen.has(sid))
      throw malformed(
        'Statement IDs (SID) in a single policy must be unique.',
        'Statement',
        `${quote(sid)} stands twice`,
      );
    seen.add(sid);
  }
}

function oneOf<T>(
  raw: Record<string, unknown>,
  name: 'Action' | 'Resource' | 'Principal',
  at: string,
  read: (value: unknown, at: string) => T,
): Negatable<T> | undefined {
  const plain = raw[name];
  const negated = raw[`Not${name}`];
  if (plain !== undefined && negated !== undefined)
    throw malformed('Syntax errors in policy.', at, `${name} and Not${name} exclude each other`);
  if (plain !== undefined) return { negated: false, value: read(plain, `${at}.${name}`) };
  if (negated !== undefined) return { negated: true, value: read(negated, `${at}.Not${name}`) };
  return undefined;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new MalformedPolicy(`Syntax errors in policy. It is not JSON: ${problem}`, { cause });
  }
}

function objectOf(value: unknown, at: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw malformed('Syntax errors in policy.', at, `must be an object, and is ${quote(value)}`);
  return value as Record<string, unknown>; // neither null nor a list
}

function stringOf(value: unknown, at: string): string {
  if (typeof value === 'string') return value;
  throw malformed('Syntax errors in policy.', at, `must be a string, and is ${quote(value)}`);
}

function stringList(value: unknown, at: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length === 0) throw malformed('Syntax errors in policy.', at, 'the list is empty');
  return list.map((item) => stringOf(item, at));
}

/** Condition values may be written as numbers and booleans too. */
function valueList(value: unknown, at: string): string[] {
  const list: unknown[] = Array.isArray(value) ? value : [value];
  return list.map((item) =>
    typeof item === 'number' || typeof item === 'boolean' ? String(item) : stringOf(item, at),
  );
}

function malformed(sentence: string, at: string, detail: string): MalformedPolicy {
  return new MalformedPolicy(`${sentence} At ${at}: ${detail}.`);
}

function quote(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 120);
}
