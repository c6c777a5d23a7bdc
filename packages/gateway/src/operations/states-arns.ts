import type { CallContext } from '@riposte/account';

export function stateMachineArn(context: Pick<CallContext, 'account' | 'region'>, name: string): string {
  return `arn:aws:states:${context.region}:${context.account}:stateMachine:${name}`;
}

export function activityArn(context: Pick<CallContext, 'account' | 'region'>, name: string): string {
  return `arn:aws:states:${context.region}:${context.account}:activity:${name}`;
}

export function touchedActivity(arn: string | undefined) {
  return arn === undefined ? [] : [{ type: 'AWS::StepFunctions::Activity', name: arn }];
}

/** Where policies see an execution: the ARN as given, or everything when the call names none. */
export function touchedMachine(arn: string | undefined) {
  return arn === undefined ? [] : [{ type: 'AWS::StepFunctions::StateMachine', name: arn }];
}

export function touchedExecution(arn: string | undefined) {
  return arn === undefined ? [] : [{ type: 'AWS::StepFunctions::Execution', name: arn }];
}
