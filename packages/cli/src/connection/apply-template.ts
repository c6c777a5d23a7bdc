import { readFileSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { packageCode } from '@riposte/functions';
import {
  applyStack,
  type AwsClient,
  formatPlan,
  planStack,
  readTemplate,
  type StackProgress,
  type StackRecord,
} from '@riposte/templates';
import { CommandFailure } from '../failure.ts';
import type { ServerConnection } from './server-connection.ts';
import { KeptStackRecord, listStacks } from './stack-record.ts';
import { supported } from './supported.ts';

type Print = (line: string) => void;

export interface ApplyTemplate {
  /** A template file, or a folder with a template.yaml. */
  template: string;
  server: ServerConnection;
  client: AwsClient;
  region: string;
  parameters: Record<string, string>;
  /** Default: the name of the template's folder. */
  stackName?: string;
  planOnly: boolean;
  print: Print;
}

const TEMPLATE_NAMES = ['template.yaml', 'template.yml', 'template.json'];

/**
 * The one path by which a template is applied: read, plan, show the plan, apply through real AWS calls, keep the
 * record on the server after each step.
 * @throws TemplateError before anything is changed; StackFailure afterwards; CommandFailure when there is no template
 */
export async function applyTemplate(request: ApplyTemplate): Promise<StackRecord | undefined> {
  const { server, client, print } = request;
  const file = await findTemplate(request.template);
  const template = readTemplate(await readFile(file, 'utf8'), file);
  const stackName = request.stackName ?? basename(dirname(file));
  const { region } = request;
  const before = (await listStacks(server)).find(
    ({ record }) => record.name === stackName && record.region === region,
  );
  const previous = before?.record;
  const kept = new KeptStackRecord(server, { name: stackName, region }, before?.revision ?? 0);
  const plan = await planStack({
    template,
    stackName,
    parameters: request.parameters,
    pseudo: { account: server.health.account, region, partition: 'aws' },
    supported,
    ...(previous && { previous }),
    readFile: (name) => readFileSync(resolve(dirname(file), name), 'utf8'),
    packageCode: (folder) => packageCode(resolve(dirname(file), folder)),
  });
  for (const line of formatPlan(plan).trimEnd().split('\n')) print(line);
  if (request.planOnly) return previous;
  const started = performance.now();
  const record = await applyStack(
    plan,
    client,
    (progress) => printProgress(print, progress),
    (changed) => kept.save(changed),
  );
  print(
    `Stack ${stackName} is ${record.status} after ${((performance.now() - started) / 1000).toFixed(1)} s.`,
  );
  for (const [name, output] of Object.entries(record.outputs)) print(`  ${name} = ${output.value}`);
  return record;
}

export function printProgress(print: Print, progress: StackProgress): void {
  if (progress.phase === 'started') return;
  const words = {
    create: 'created',
    update: 'updated',
    replace: 'replaced',
    delete: 'deleted',
    retain: 'kept',
  };
  if (progress.phase === 'done')
    print(`  ${words[progress.action]} ${progress.logicalId} (${progress.type})`);
  else
    print(
      `  FAILED to ${progress.action} ${progress.logicalId} (${progress.type}): ${progress.reason ?? 'no reason given'}`,
    );
}

export async function findTemplate(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new CommandFailure(`There is no ${path}.`);
  if (!found.isDirectory()) return resolve(path);
  for (const name of TEMPLATE_NAMES) {
    const file = join(path, name);
    if (await stat(file).catch(() => undefined)) return resolve(file);
  }
  throw new CommandFailure(`${path} holds no template: none of ${TEMPLATE_NAMES.join(', ')}.`);
}
