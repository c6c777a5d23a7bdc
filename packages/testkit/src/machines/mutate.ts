import { isJsonObject, type Json, type JsonObject } from '@riposte/asl';
import type { Dice } from '../properties/dice.ts';
import { anyJson, oddText } from './generated-data.ts';

/** One place of a JSON value made different: a member gone, renamed, doubled, or another value in its place. */
export function mutate(dice: Dice, value: Json): Json {
  const isContainer = Array.isArray(value) || isJsonObject(value);
  if (!isContainer || dice.chance(0.1)) return replacement(dice, value);
  return Array.isArray(value) ? mutateArray(dice, value) : mutateObject(dice, value);
}

function mutateArray(dice: Dice, value: readonly Json[]): Json {
  const at = dice.integer(0, value.length);
  const item = value[at];
  if (item === undefined) return [...value, anyJson(dice, 1)];
  const changed = dice.pick([[], [item, item], [mutate(dice, item)], [mutate(dice, item)]]);
  return value.toSpliced(at, 1, ...changed);
}

function mutateObject(dice: Dice, value: JsonObject): Json {
  const names = Object.keys(value);
  if (names.length === 0 || dice.chance(0.1)) return { ...value, [oddText(dice)]: anyJson(dice, 1) };
  const name = dice.pick(names);
  const { [name]: member = null, ...others } = value;
  switch (dice.weighted({ deeper: 7, without: 1, renamed: 1, borrowed: 1 })) {
    case 'deeper':
      return { ...others, [name]: mutate(dice, member) };
    case 'without':
      return others;
    case 'renamed':
      return { ...others, [dice.chance(0.5) ? `${name}.$` : oddText(dice)]: member };
    case 'borrowed':
      return { ...value, [name]: value[dice.pick(names)] ?? null };
  }
}

function replacement(dice: Dice, value: Json): Json {
  if (typeof value === 'string' && dice.chance(0.5)) return mutateText(dice, value);
  if (typeof value === 'number' && dice.chance(0.5)) return dice.pick([-value, value + 0.5, value * 1e6]);
  return dice.chance(0.2) && isJsonObject(value) ? [value] : anyJson(dice, 2);
}

/** A text with something cut out of it, or put into it. */
export function mutateText(dice: Dice, text: string): string {
  const from = dice.integer(0, text.length);
  const to = Math.min(text.length, from + dice.integer(0, 5));
  return text.slice(0, from) + (dice.chance(0.5) ? oddText(dice) : '') + text.slice(to);
}

/** Arrays or objects in each other. */
export function nested(dice: Dice, depth: number): string {
  return dice.chance(0.5)
    ? '['.repeat(depth) + ']'.repeat(depth)
    : '{"States":'.repeat(depth) + 'null' + '}'.repeat(depth);
}
