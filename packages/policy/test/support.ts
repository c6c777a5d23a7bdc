import {
  evaluate,
  parsePolicy,
  type AccessRequest,
  type NamedPolicy,
  type PolicySet,
  type Verdict,
} from '@riposte/policy';

export const ACCOUNT = '111122223333';
export const OTHER_ACCOUNT = '999988887777';
export const ALICE: AccessRequest['principal'] = {
  type: 'user',
  account: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:user/ops/alice`,
};
export const SESSION: AccessRequest['principal'] = {
  type: 'role-session',
  account: ACCOUNT,
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/Contain/run-1`,
};
export const ROOT: AccessRequest['principal'] = {
  type: 'root',
  account: ACCOUNT,
  arn: `arn:aws:iam::${ACCOUNT}:root`,
};

/** Statements in the JSON of a policy; the version that knows variables. */
export function policy(name: string, ...statements: object[]): NamedPolicy {
  return { name, document: parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements })) };
}

export function request(part: Partial<AccessRequest> = {}): AccessRequest {
  return {
    action: 'iam:DeleteAccessKey',
    resource: `arn:aws:iam::${ACCOUNT}:user/ops/alice`,
    principal: ALICE,
    context: {},
    ...part,
  };
}

/** What one identity statement says about a request. */
export function ask(statement: object, part: Partial<AccessRequest> = {}): Verdict['decision'] {
  const whole = { Effect: 'Allow', Action: '*', Resource: '*', ...statement };
  return decide({ identity: [policy('p', whole)] }, part).decision;
}

export function decide(policies: PolicySet, part: Partial<AccessRequest> = {}): Verdict {
  return evaluate(request(part), policies);
}
