import { operators } from '../choice/operators.ts';
import type { OperandType } from '../choice/operators.ts';
import type { Json, JsonObject } from '@riposte/json';
import { isJsonObject } from '@riposte/json';
import type { QueryLanguage } from '../machine.ts';
import { assignment, jsonataAssignment } from './assign.ts';
import type { Findings } from './diagnostic.ts';
import type { FieldTable } from './fields.ts';
import { checkFields } from './fields.ts';
import { jsonata, jsonataOr } from './jsonata.ts';
import { refuseOtherLanguage } from './language.ts';
import type { Kind } from './kinds.ts';
import { boolean, path, text, timestamp } from './kinds.ts';

/** "A Choice State MUST have a Choices array that is not empty"; each rule is one test with its Next. */
export function choices(language: QueryLanguage): Kind {
  return (value, _, at, findings) => {
    if (!Array.isArray(value)) return findings.schema('Expected value of type Array', at);
    if (value.length === 0) return findings.schema('Value cannot be empty', at);
    for (const [index, rule] of value.entries()) {
      const here = `${at}[${index}]`;
      if (!isJsonObject(rule)) findings.schema('Expected value of type Object', here);
      else if (!refuseOtherLanguage(rule, language, (other) => RULES[other], here, findings)) {
        if (language === 'JSONata') checkFields(rule, RULES.JSONata, here, findings);
        else checkRule(rule, true, here, findings);
      }
    }
  };
}

const number: Kind = (value, _, at, findings) => {
  if (typeof value !== 'number') findings.schema('Expected value of type Number', at);
};

const OPERANDS: Record<OperandType, Kind> = { string: text, number, boolean, timestamp };

const COMBINATIONS = ['And', 'Or', 'Not'];

/** Fields of a top-level rule. Those of JSONPath are checked by what else is there: see ruleFields. */
const RULES: Record<QueryLanguage, FieldTable> = {
  JSONPath: {
    ...Object.fromEntries([...COMBINATIONS, ...operators.keys()].map((name) => [name, boolean])),
    Variable: path,
    'Next*': text,
    Assign: assignment,
    Comment: text,
  },
  JSONata: {
    'Condition*': jsonataOr(boolean),
    'Next*': text,
    Output: jsonata,
    Assign: jsonataAssignment,
    Comment: text,
  },
};

function checkRule(rule: Json, isTopLevel: boolean, at: string, findings: Findings): void {
  if (!isJsonObject(rule)) return findings.schema('Expected value of type Object', at);
  const tests = Object.keys(rule).filter((name) => COMBINATIONS.includes(name) || operators.has(name));
  checkFields(rule, { ...ruleFields(rule, isTopLevel), ...fieldsOf(tests) }, at, findings);
  if (tests.length !== 1) findings.schema('A rule must have exactly one comparison operator', at);
}

function ruleFields(rule: JsonObject, isTopLevel: boolean): FieldTable {
  const isComparison = !COMBINATIONS.some((name) => Object.hasOwn(rule, name));
  return {
    ...(isComparison && { 'Variable*': path }),
    ...(isTopLevel && { 'Next*': text, Assign: assignment }),
    Comment: text,
  };
}

function fieldsOf(tests: readonly string[]): FieldTable {
  return Object.fromEntries(tests.map((name) => [name, kindOf(name)]));
}

function kindOf(name: string): Kind {
  if (name === 'Not') return (value, _, at, findings) => checkRule(value, false, at, findings);
  if (COMBINATIONS.includes(name))
    return (value, _, at, findings) => {
      if (!Array.isArray(value)) return findings.schema('Expected value of type Array', at);
      if (value.length === 0) return findings.schema('Value cannot be empty', at);
      value.forEach((part, index) => checkRule(part, false, `${at}[${index}]`, findings));
    };
  const operator = operators.get(name);
  if (operator?.kind !== 'compare') return boolean;
  return operator.operandIsPath ? path : OPERANDS[operator.operandType];
}
