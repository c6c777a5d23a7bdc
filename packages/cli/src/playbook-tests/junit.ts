import type { CaseResult } from './case-result.ts';
import { whatItDid } from './report.ts';

export interface FileResult {
  playbook: string;
  file: string;
  results: readonly CaseResult[];
}

/** The results in JUnit's XML, as CI systems read it; `time` is real seconds. */
export function junitOf(files: readonly FileResult[]): string {
  const all = files.flatMap(({ results }) => results);
  const suites = files.map(({ playbook, file, results }) =>
    element(
      'testsuite',
      { name: `${playbook}/${file}`, ...totals(results) },
      results.map((result) => caseElement(file, result)).join(''),
    ),
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', { name: 'riposte test', ...totals(all) }, suites.join(''))}`;
}

function totals(results: readonly CaseResult[]): Record<string, string> {
  const count = (verdict: string) => String(results.filter((result) => result.verdict === verdict).length);
  return {
    tests: String(results.length),
    failures: count('failed'),
    errors: count('broken'),
    time: secondsOf(results.reduce((sum, { realMs }) => sum + realMs, 0)),
  };
}

function caseElement(file: string, result: CaseResult): string {
  const { name, verdict, failures, realMs } = result;
  const lines = failures.map(({ what, problem }) => `${what}: ${problem}`);
  const body =
    verdict === 'passed'
      ? ''
      : element(
          verdict === 'failed' ? 'failure' : 'error',
          { message: lines[0] ?? '' },
          escape([...lines, '', ...whatItDid(result)].join('\n')),
        );
  return element('testcase', { classname: file, name, time: secondsOf(realMs) }, body);
}

function secondsOf(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function element(name: string, attributes: Record<string, string>, body: string): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escape(value)}"`);
  return body === '' ? `<${name}${written.join('')}/>\n` : `<${name}${written.join('')}>${body}</${name}>\n`;
}

/** Control characters have no place in XML 1.0, however they are written. */
function escape(text: string): string {
  return text
    .replaceAll(/[^\P{Cc}\t\n]/gu, '\uFFFD')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
