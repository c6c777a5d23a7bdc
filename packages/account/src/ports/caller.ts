import type { StepReference } from '@riposte/engine';

/** Who makes an AWS call, as established by a signature or by the server itself. */
export type Caller =
  /** The person who runs this server. IAM policies do not bind it. Its ARN is the account's root. */
  | { kind: 'administrator'; account: string; arn: string; accessKeyId: string }
  | { kind: 'user'; account: string; arn: string; userName: string; userId: string; accessKeyId: string }
  | {
      kind: 'role-session';
      account: string;
      /** `arn:aws:sts::<account>:assumed-role/<role>/<session>` */
      arn: string;
      roleArn: string;
      roleName: string;
      roleId: string;
      sessionName: string;
      accessKeyId: string;
      issuedAtMs: number;
      /** Present when a step of an execution makes the call. */
      step?: StepReference;
      /** Present when an injected event's rule makes the call, or a function that it invoked, with no step in between. */
      simulated?: true;
      /** Inline session policy given to AssumeRole, as JSON text. */
      sessionPolicy?: string;
      /** The role is not defined in this account, and the server was told to let such roles do anything. */
      undefinedRole?: true;
    }
  /** A service acting by itself, e.g. `events.amazonaws.com` delivering to a topic. Resource policies bind it. */
  | {
      kind: 'service';
      account: string;
      service: string;
      sourceArn?: string;
      /** It acts because of an injected event: what it causes says SIMULATED. */
      simulated?: boolean;
    };
