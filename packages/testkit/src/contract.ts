import { test, type TestContext } from 'node:test';

/** What somebody relies on, each sentence with what shows that it holds. */
export type ContractCases<Opened> = Record<string, (opened: Opened) => Promise<void>>;

/**
 * A test for each case.
 * @param open  makes what is empty; cleans up through the test's context
 */
export function contract<Opened>(
  name: string,
  cases: ContractCases<Opened>,
  open: (t: TestContext) => Promise<Opened>,
): void {
  for (const [sentence, run] of Object.entries(cases))
    test(`${name}: ${sentence}`, async (t) => run(await open(t)));
}
