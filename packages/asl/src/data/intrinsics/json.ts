import { intrinsicFailure } from '../../errors/failure.ts';
import type { Json } from '@riposte/json';
import { isJsonObject, parseJson, stringifyJson } from '@riposte/json';
import type { IntrinsicFunction } from './function.ts';
import { textAt } from './function.ts';

export const json: Record<string, IntrinsicFunction> = {
  'States.StringToJson': {
    arity: [1, 1],
    run(values, call) {
      const text = textAt(values, 0, call);
      if (text.trim() === '') return null; // observed
      try {
        return parseJson(text);
      } catch {
        throw intrinsicFailure(`${call.name} could not read as JSON: ${text}`);
      }
    },
  },
  'States.JsonToString': { arity: [1, 1], run: ([value]) => stringifyJson(value as Json) }, // one is there
  'States.JsonMerge': {
    arity: [3, 3],
    run([first, second, isDeep], call) {
      if (isDeep !== false)
        throw intrinsicFailure(`${call.name} merges only shallowly: its third argument must be false.`);
      if (!isJsonObject(first) || !isJsonObject(second))
        throw intrinsicFailure(`${call.name} merges two objects.`);
      return { ...first, ...second };
    },
  },
};
