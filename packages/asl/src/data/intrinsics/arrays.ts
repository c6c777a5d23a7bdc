import { intrinsicFailure } from '../../errors/failure.ts';
import type { Json } from '@riposte/json';
import { canonicalJson, equalJson } from '@riposte/json';
import type { IntrinsicFunction } from './function.ts';
import { arrayAt, integerAt } from './function.ts';

const RANGE_ITEMS_MAX = 1000;

export const arrays: Record<string, IntrinsicFunction> = {
  'States.Array': { arity: [0, Infinity], run: (values) => values },
  'States.ArrayPartition': {
    arity: [2, 2],
    run(values, call) {
      const items = arrayAt(values, 0, call);
      const size = integerAt(values, 1, call);
      if (size < 1)
        throw intrinsicFailure(`The chunk size of ${call.name} must be positive, but was: ${size}`);
      const chunks: Json[] = [];
      for (let at = 0; at < items.length; at += size) chunks.push(items.slice(at, at + size));
      return chunks;
    },
  },
  'States.ArrayContains': {
    arity: [2, 2],
    run: (values, call) => arrayAt(values, 0, call).some((item) => equalJson(item, values[1]!)), // two are there
  },
  'States.ArrayRange': {
    arity: [3, 3],
    run(values, call) {
      const first = integerAt(values, 0, call);
      const last = integerAt(values, 1, call);
      const by = integerAt(values, 2, call);
      if (by === 0) throw intrinsicFailure(`The step of ${call.name} must not be 0.`);
      const length = Math.max(0, Math.floor((last - first) / by) + 1);
      if (length > RANGE_ITEMS_MAX)
        throw intrinsicFailure(`${call.name} would make ${length} items, more than ${RANGE_ITEMS_MAX}.`);
      return Array.from({ length }, (_, i) => first + i * by);
    },
  },
  'States.ArrayGetItem': {
    arity: [2, 2],
    run(values, call) {
      const items = arrayAt(values, 0, call);
      const index = integerAt(values, 1, call);
      const item = index < 0 ? undefined : items[index];
      if (item === undefined)
        throw intrinsicFailure(
          `Index ${index} of ${call.name} is not in the array of ${items.length} items.`,
        );
      return item;
    },
  },
  'States.ArrayLength': { arity: [1, 1], run: (values, call) => arrayAt(values, 0, call).length },
  'States.ArrayUnique': {
    arity: [1, 1],
    run(values, call) {
      const known = new Set<string>();
      return arrayAt(values, 0, call).filter((item) => {
        const text = canonicalJson(item);
        if (known.has(text)) return false;
        known.add(text);
        return true;
      });
    },
  },
};
