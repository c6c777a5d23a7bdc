/**
 * Writes docs/coverage.md, each operation of each service, there or not, and docs/coverage/step-functions.md, Step
 * Functions field by field. `--check` compares instead and fails when a page is older than the code.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { serviceModels, supportedOperations } from '@riposte/gateway';
import { stepFunctionsPage } from './coverage/step-functions.ts';

const docs = resolve(import.meta.dirname, '..', 'docs');
const pages = { 'coverage.md': render(), 'coverage/step-functions.md': await stepFunctionsPage() };
const isCheck = process.argv.includes('--check');
for (const [name, page] of Object.entries(pages)) {
  const file = resolve(docs, name);
  if (!isCheck) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, page);
    console.log(`Wrote ${file}.`);
    continue;
  }
  const isCurrent = existsSync(file) && readFileSync(file, 'utf8') === page;
  console.log(isCurrent ? `docs/${name} is current.` : `docs/${name} is old: run npm run coverage.`);
  if (!isCurrent) process.exitCode = 1;
}

function render(): string {
  const supported = supportedOperations();
  const sections = serviceModels.serviceNames.map((service) => {
    const there = supported.filter((operation) => operation.service === service);
    const names = new Set(there.map(({ operation }) => operation));
    const missing = serviceModels.operationNames(service).filter((name) => !names.has(name));
    const rows = there.map(
      ({ operation, access }) => `| ${operation} | ${access === 'write' ? 'change' : 'read'} |`,
    );
    return [
      `## ${service}`,
      '',
      `${there.length} of ${there.length + missing.length} operations answer.`,
      '',
      ...(rows.length > 0 ? ['| operation | kind |', '|---|---|', ...rows, ''] : []),
      ...(missing.length > 0
        ? [
            `<details><summary>Refused for now (${missing.length})</summary>`,
            '',
            missing.join(', '),
            '',
            '</details>',
            '',
          ]
        : []),
    ].join('\n');
  });
  return [
    '# Coverage',
    '',
    'Generated from the code by `npm run coverage`. An operation that is not there answers with the service’s own error for unknown operations; members that are not there are refused by name. Nothing makes up a success.',
    '',
    ...sections,
  ].join('\n');
}
