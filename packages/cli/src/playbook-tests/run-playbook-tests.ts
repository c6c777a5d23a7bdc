import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CaseResult } from './case-result.ts';
import { runCase } from './run-case.ts';
import { type PlaybookSource, readSource } from './stack.ts';
import type { TestCase } from './test-case.ts';
import type { Playbook, TestFile } from './test-files.ts';

export interface PlannedFile {
  playbook: Playbook;
  file: TestFile;
  cases: TestCase[];
}

/**
 * Runs the cases of all files side by side, one for each core.
 * @param ended is told of each case as it ends, in no order
 * @returns for each file the results of its cases, in their order
 */
export async function runPlaybookTests(
  files: readonly PlannedFile[],
  ended: (result: CaseResult) => void,
): Promise<CaseResult[][]> {
  const compileCacheFolder = await mkdtemp(join(tmpdir(), 'riposte-test-cache-'));
  try {
    const sources = new Map<string, PlaybookSource>();
    for (const { playbook } of files)
      if (!sources.has(playbook.folder)) sources.set(playbook.folder, await readSource(playbook.folder));
    const results: CaseResult[][] = files.map(() => []);
    const waiting = files.flatMap(({ playbook, file, cases }, fileIndex) =>
      cases.map((testCase, caseIndex) => async () => {
        const source = sources.get(playbook.folder)!; // read just now
        const result = await runCase(testCase, { source, testFile: file.path, compileCacheFolder });
        results[fileIndex]![caseIndex] = result; // a list for each file
        ended(result);
      }),
    );
    const next = waiting.values();
    await Promise.all(
      Array.from({ length: Math.min(availableParallelism(), waiting.length) }, async () => {
        for (const run of next) await run();
      }),
    );
    return results;
  } finally {
    await rm(compileCacheFolder, { recursive: true, force: true });
  }
}
