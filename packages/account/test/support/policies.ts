export function allow(action: string, resource = '*'): string {
  return statement({ Effect: 'Allow', Action: action, Resource: resource });
}

export function deny(action: string, resource = '*'): string {
  return statement({ Effect: 'Deny', Action: action, Resource: resource });
}

export function trusting(principal: object, condition?: object): string {
  return statement({
    Effect: 'Allow',
    Principal: principal,
    Action: 'sts:AssumeRole',
    ...(condition && { Condition: condition }),
  });
}

function statement(members: object): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: [members] });
}
