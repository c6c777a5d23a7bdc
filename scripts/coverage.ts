/**
 * Writes docs/coverage.md: each operation of each service, there or not. `--check` compares instead and fails when the
 * page is older than the code.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { serviceModels, supportedOperations } from '@riposte/gateway';

const file = resolve(import.meta.dirname, '..', 'docs', 'coverage.md');
const page = render();
if (process.argv.includes('--check')) {
  const isCurrent = readFileSync(file, 'utf8') === page;
  console.log(isCurrent ? 'docs/coverage.md is current.' : 'docs/coverage.md is old: run npm run coverage.');
  process.exitCode = isCurrent ? 0 : 1;
} else {
  writeFileSync(file, page);
  console.log(`Wrote ${file}.`);
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
      `<details><summary>Refused for now (${missing.length})</summary>`,
      '',
      missing.join(', '),
      '',
      '</details>',
      '',
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
