/** An express machine's executions live in memory only, five minutes at most. Never changes. */
export type StateMachineType = 'STANDARD' | 'EXPRESS';

/** Each level has what the next one has: all events, those that tell of a failure, those that end the execution badly. */
export type LogLevel = 'ALL' | 'ERROR' | 'FATAL' | 'OFF';

/** Which events of executions go to a log group. */
export interface LoggingConfiguration {
  level: LogLevel;
  /** Whether inputs, outputs, parameters and variables go with them. */
  includeExecutionData: boolean;
  /** Ends in `:*`. Always there unless the level is OFF. */
  logGroupArn?: string;
}

/** How a machine is set up besides definition and role; whatever is absent is as `settingsOf` says. */
export interface MachineSettings {
  logging?: LoggingConfiguration;
  /** Kept and shown. This server makes no traces. */
  tracing?: { enabled: boolean };
  /** As it was given. No other key can be asked for. */
  encryption?: { type: 'AWS_OWNED_KEY' };
}

/** A machine as it is now; a version, as it was when it was published, under the version's ARN. */
export interface StateMachine {
  stateMachineArn: string;
  name: string;
  type: StateMachineType;
  /** The definition's text exactly as given. */
  definition: string;
  roleArn: string;
  /** Milliseconds since the epoch. */
  creationDate: number;
  updateDate: number;
  /** Absent until the first update, then a UUID. */
  revisionId?: string;
  /** DELETING: no execution starts any more; it is gone when the last has ended. Default ACTIVE. */
  status?: 'ACTIVE' | 'DELETING';
  /** In order of their first mention. */
  tags?: Record<string, string>;
  /** How many versions were ever published: their numbers are never used again. */
  versionsCount?: number;
  /** What CreateStateMachine was asked for besides; a repeated request must ask the same. */
  published?: { versionArn: string; description?: string };
  /** Of a version: its own description. */
  description?: string;
  /** Of what the children of a distributed Map run. */
  label?: string;
  /** What was set otherwise than by default. */
  settings?: MachineSettings;
}

/** What a list tells of a version. */
export interface StateMachineVersion {
  /** `…:stateMachine:NAME:NUMBER`, numbers from 1. */
  stateMachineVersionArn: string;
  /** Milliseconds since the epoch. */
  creationDate: number;
  description?: string;
}

/** The share of an alias's starts that a version gets. */
export interface Route {
  stateMachineVersionArn: string;
  /** Percent. */
  weight: number;
}

/** A name that leads to one version, or to two by weight. */
export interface StateMachineAlias {
  /** `…:stateMachine:MACHINE:ALIAS`. */
  stateMachineAliasArn: string;
  name: string;
  description?: string;
  /** Of versions of one machine; the weights' sum is 100. */
  routingConfiguration: Route[];
  /** Milliseconds since the epoch. */
  creationDate: number;
  updateDate: number;
}
