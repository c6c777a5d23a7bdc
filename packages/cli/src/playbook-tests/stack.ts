import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { packageCode } from '@riposte/functions';
import { applyStack, planStack, readTemplate, type StackRecord, type Template } from '@riposte/templates';
import type { SimulatedSystem } from '@riposte/server';
import { findTemplate } from '../connection/apply-template.ts';
import { supported } from '../connection/supported.ts';

/** A playbook's template and code, read once for all its cases. */
export interface PlaybookSource {
  file: string;
  template: Template;
  packageCode: typeof packageCode;
}

/** @throws TemplateError, CommandFailure */
export async function readSource(folder: string): Promise<PlaybookSource> {
  const file = await findTemplate(folder);
  const packed = new Map<string, ReturnType<typeof packageCode>>();
  return {
    file,
    template: readTemplate(await readFile(file, 'utf8'), file),
    packageCode(path) {
      const zip = packed.get(path) ?? packageCode(path);
      packed.set(path, zip);
      return zip;
    },
  };
}

/** Applies the template as `riposte up` does. */
export async function applySource(
  { file, template, packageCode: pack }: PlaybookSource,
  system: SimulatedSystem,
  where: { account: string; region: string },
  parameters: Record<string, string>,
): Promise<StackRecord> {
  const folder = dirname(file);
  const plan = await planStack({
    template,
    // A folder may have a name that no stack may have; here nobody else's stack is in the way.
    stackName: /^[a-zA-Z][a-zA-Z0-9-]{0,127}$/.test(basename(folder)) ? basename(folder) : 'playbook',
    parameters,
    pseudo: { ...where, partition: 'aws' },
    supported,
    readFile: (name) => readFileSync(resolve(folder, name), 'utf8'),
    packageCode: (path) => pack(resolve(folder, path)),
  });
  return applyStack(
    plan,
    { call: (service, operation, input) => system.call(service, operation, input) },
    () => {},
    async () => {},
  );
}
