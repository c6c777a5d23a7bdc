import type { AccountReading, AccountTransaction } from '@riposte/account';

/** A function as it is kept: type `lambda:function`, id `<region>/<name>`. */
export interface FunctionRecord {
  functionName: string;
  functionArn: string;
  region: string;
  runtime: string;
  handler: string;
  roleArn: string;
  description: string;
  timeoutSeconds: number;
  memorySizeMb: number;
  environment: Record<string, string>;
  /** As asked for; functions run on this machine's own. */
  architectures: string[];
  codeSha256: string;
  codeSize: number;
  lastModifiedMs: number;
  revisionId: string;
  /** Statements of the function's resource policy, in order of addition. */
  permissions: PermissionStatement[];
}

export interface PermissionStatement {
  Sid: string;
  Effect: 'Allow';
  Principal: '*' | { Service: string } | { AWS: string };
  Action: string;
  Resource: string;
  Condition?: Record<string, Record<string, string>>;
}

const TYPE = 'lambda:function';

export function getFunction(
  reading: AccountReading,
  region: string,
  name: string,
): FunctionRecord | undefined {
  return reading.get<FunctionRecord>(TYPE, `${region}/${name}`);
}

/** In order of name. */
export function listFunctions(transaction: AccountTransaction, region: string): FunctionRecord[] {
  return transaction.list<FunctionRecord>(TYPE, `${region}/`);
}

export function putFunction(transaction: AccountTransaction, record: FunctionRecord): void {
  transaction.put(TYPE, `${record.region}/${record.functionName}`, record);
}

/** @returns whether there was one. */
export function deleteFunction(transaction: AccountTransaction, region: string, name: string): boolean {
  return transaction.delete(TYPE, `${region}/${name}`);
}

/** The function's resource policy as JSON text; undefined when nobody was given a permission. */
export function policyOf(record: FunctionRecord): string | undefined {
  if (record.permissions.length === 0) return undefined;
  return JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: record.permissions });
}
