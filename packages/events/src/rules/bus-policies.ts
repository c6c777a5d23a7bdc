import { ServiceError } from '@riposte/engine';
import { Constraints, validationError } from '../constraints.ts';
import type { EventBusDescription, PutPermissionInput } from '../ports/event-service.ts';
import type { EventBuses } from './event-buses.ts';

const POLICY_BYTES_MAX = 10_240;
const STATEMENT_ID = { pattern: /^[a-zA-Z0-9\-_]+$/, text: String.raw`[a-zA-Z0-9-_]+` };
const PRINCIPAL = { pattern: /^(\d{12}|\*)$/, text: String.raw`(\d{12}|\*)` };
const ACTION = { pattern: /^events:[a-zA-Z]+$/, text: 'events:[a-zA-Z]+' };

interface Statement {
  Sid?: string;
}

interface Policy {
  Version: string;
  Statement: Statement[];
}

/** Policies of event buses: who besides the account itself may put events. */
export class BusPolicies {
  readonly #buses: EventBuses;

  constructor(buses: EventBuses) {
    this.#buses = buses;
  }

  async put(region: string, input: PutPermissionInput): Promise<void> {
    checkInput(input);
    await this.#buses.change(region, input.EventBusName, (bus) => {
      const text = input.Policy ?? JSON.stringify(withStatement(bus, input));
      parsePolicy(text);
      if (Buffer.byteLength(text) > POLICY_BYTES_MAX)
        throw new ServiceError(
          'PolicyLengthExceededException',
          `The policy of event bus ${bus.Name} would be longer than ${POLICY_BYTES_MAX} bytes.`,
        );
      return { ...bus, Policy: text };
    });
  }

  async remove(
    region: string,
    input: { EventBusName?: string; StatementId?: string; RemoveAllPermissions?: boolean },
  ): Promise<void> {
    const { EventBusName, StatementId, RemoveAllPermissions = false } = input;
    if (!RemoveAllPermissions && StatementId === undefined)
      throw validationError(
        'Parameter StatementId is not valid. Reason: StatementId is a required argument unless RemoveAllPermissions is true.',
      );
    await this.#buses.change(region, EventBusName, ({ Policy: text, ...bus }) => {
      if (RemoveAllPermissions) return bus;
      const policy = text === undefined ? undefined : parsePolicy(text);
      const left = policy?.Statement.filter(({ Sid }) => Sid !== StatementId) ?? [];
      if (!policy || left.length === policy.Statement.length)
        throw new ServiceError('ResourceNotFoundException', 'Statement with the provided id does not exist.');
      if (left.length === 0) return bus;
      return { ...bus, Policy: JSON.stringify({ ...policy, Statement: left }) };
    });
  }
}

/** @throws ServiceError ValidationException */
function checkInput({ Action, Principal, StatementId, Condition, Policy }: PutPermissionInput): void {
  if (Policy !== undefined) {
    if ((Action ?? Principal ?? StatementId ?? Condition) !== undefined)
      throw invalidPolicy('It cannot be combined with Action, Principal, StatementId or Condition.');
    return;
  }
  const constraints = new Constraints();
  if (StatementId !== undefined) constraints.name(StatementId, 'statementId', 64, STATEMENT_ID);
  if (Principal !== undefined) constraints.name(Principal, 'principal', 12, PRINCIPAL);
  if (Action !== undefined) constraints.name(Action, 'action', 64, ACTION);
  constraints.enforce();
  for (const [name, value] of Object.entries({ Action, Principal, StatementId }))
    if (value === undefined)
      throw validationError(`Parameter ${name} is not valid. Reason: ${name} is a required argument.`);
}

function withStatement(bus: EventBusDescription, input: PutPermissionInput): Policy {
  const { Action, Principal = '', StatementId = '', Condition } = input; // checked before
  const [, partition = 'aws'] = bus.Arn.split(':');
  const statement = {
    Sid: StatementId,
    Effect: 'Allow',
    Principal: Principal === '*' ? '*' : { AWS: `arn:${partition}:iam::${Principal}:root` },
    Action,
    Resource: bus.Arn,
    ...(Condition && { Condition: { [Condition.Type]: { [Condition.Key]: Condition.Value } } }),
  };
  const policy: Policy =
    bus.Policy === undefined ? { Version: '2012-10-17', Statement: [] } : parsePolicy(bus.Policy);
  return {
    ...policy,
    Statement: [...policy.Statement.filter(({ Sid }) => Sid !== StatementId), statement],
  };
}

/** A single statement may stand without a list, as in every policy. */
function parsePolicy(text: string): Policy {
  let policy: unknown;
  try {
    policy = JSON.parse(text);
  } catch (error) {
    throw invalidPolicy(`It is not JSON: ${(error as Error).message}.`); // what JSON.parse throws
  }
  const { Version = '2008-10-17', Statement } = Object(policy) as Partial<Policy> & { Statement?: unknown };
  const list: unknown[] = Array.isArray(Statement) ? Statement : [Statement];
  if (!list.every((statement) => typeof statement === 'object' && statement !== null))
    throw invalidPolicy('Statement must be an object or a list of objects.');
  return { ...(policy as Policy), Version, Statement: list as Statement[] }; // objects, checked above
}

function invalidPolicy(reason: string): ServiceError {
  return validationError(`Parameter Policy is not valid. Reason: ${reason}`);
}
