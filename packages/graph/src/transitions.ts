import type { ChoiceTest, State, StateGraph } from '@riposte/asl';

/** A way out of a state. */
export interface Transition {
  kind: 'next' | 'choice' | 'default' | 'catch';
  target: string;
  /** Why this way: the rule, or the errors caught; empty for the plain next. */
  label: string;
}

/** All ways out of a state in the order in which they are tried; catches last. */
export function transitionsOf(state: State): Transition[] {
  const transitions: Transition[] = [];
  if ('Next' in state && state.Next !== undefined)
    transitions.push({ kind: 'next', target: state.Next, label: '' });
  if (state.Type === 'Choice') {
    for (const rule of state.Choices)
      transitions.push({ kind: 'choice', target: rule.Next, label: rule.Comment ?? describeTest(rule) });
    if (state.Default !== undefined)
      transitions.push({ kind: 'default', target: state.Default, label: 'default' });
  }
  if ('Catch' in state)
    for (const { ErrorEquals, Next } of state.Catch ?? [])
      transitions.push({ kind: 'catch', target: Next, label: ErrorEquals.join(', ') });
  return transitions;
}

/** Whether the graph may end after this state. */
export function isEnd(state: State): boolean {
  return state.Type === 'Succeed' || state.Type === 'Fail' || ('End' in state && state.End === true);
}

/** The graphs inside of a state: branches, or the one for each item. */
export function innerGraphs(state: State): StateGraph[] {
  if (state.Type === 'Parallel') return state.Branches;
  if (state.Type !== 'Map') return [];
  const graph = state.ItemProcessor ?? state.Iterator;
  return graph === undefined ? [] : [graph];
}

const SYMBOLS: Readonly<Record<string, string>> = {
  Equals: '=',
  LessThan: '<',
  LessThanEquals: '≤',
  GreaterThan: '>',
  GreaterThanEquals: '≥',
  Matches: 'matches',
};

/** A test in words, e.g. `$.size > 5 and not ($.done is present)`. */
function describeTest(test: ChoiceTest): string {
  if (test.And !== undefined) return test.And.map(describeInner).join(' and ');
  if (test.Or !== undefined) return test.Or.map(describeInner).join(' or ');
  if (test.Not !== undefined) return `not (${describeTest(test.Not)})`;
  const operator = Object.keys(test).find((key) => /^(Is|String|Numeric|Boolean|Timestamp)[A-Z]/.test(key));
  if (operator === undefined) return '';
  const value = test[operator];
  const variable = test.Variable ?? '';
  if (operator.startsWith('Is')) {
    const what = operator.slice(2).toLowerCase();
    return `${variable} is ${value === true ? '' : 'not '}${what}`;
  }
  const comparison = operator.replace(/^(String|Numeric|Boolean|Timestamp)/, '').replace(/Path$/, '');
  return `${variable} ${SYMBOLS[comparison] ?? comparison} ${operator.endsWith('Path') ? String(value) : JSON.stringify(value)}`;
}

function describeInner(test: ChoiceTest): string {
  return test.And === undefined && test.Or === undefined ? describeTest(test) : `(${describeTest(test)})`;
}
