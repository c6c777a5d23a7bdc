import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { StateGraph } from '@riposte/asl';
import { layoutMachine, type Box, type GraphLayout, type Point } from '../src/index.ts';
import { machineNamed, machineNames, randomMachine } from './support.ts';

/** Rounding to tenths. */
const SLACK = 0.2;

/** States, inner ones included, and what leads from where to where, read from the definition alone. */
function readGraph(graph: StateGraph, isRoot = true): { names: string[]; ways: string[] } {
  const names: string[] = [];
  const ways: string[] = isRoot ? [` → ${graph.StartAt}`] : [];
  for (const [name, state] of Object.entries(graph.States)) {
    names.push(name);
    if ('Next' in state && state.Next !== undefined) ways.push(`${name} → ${state.Next}`);
    if (state.Type === 'Choice') {
      for (const { Next } of state.Choices) ways.push(`${name} → ${Next}`);
      if (state.Default !== undefined) ways.push(`${name} → ${state.Default}`);
    }
    if ('Catch' in state) for (const { Next } of state.Catch ?? []) ways.push(`${name} → ${Next}`);
    const ends = state.Type === 'Succeed' || state.Type === 'Fail' || ('End' in state && state.End === true);
    if (isRoot && ends) ways.push(`${name} → `);
    const inner =
      state.Type === 'Parallel' ? state.Branches : state.Type === 'Map' ? [state.ItemProcessor!] : [];
    for (const one of inner.map((graph) => readGraph(graph, false))) {
      names.push(...one.names);
      ways.push(...one.ways);
    }
  }
  return { names, ways };
}

function overlap(a: Box, b: Box): boolean {
  return (
    a.x + a.width > b.x + SLACK &&
    b.x + b.width > a.x + SLACK &&
    a.y + a.height > b.y + SLACK &&
    b.y + b.height > a.y + SLACK
  );
}

function inside(inner: Box, outer: Box): boolean {
  return (
    inner.x >= outer.x - SLACK &&
    inner.y >= outer.y - SLACK &&
    inner.x + inner.width <= outer.x + outer.width + SLACK &&
    inner.y + inner.height <= outer.y + outer.height + SLACK
  );
}

/** Below and above; loops of one state use its sides. */
function onBorder({ x, y }: Point, box: Box): boolean {
  const [left, top] = [x - box.x, y - box.y];
  const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= SLACK;
  const isWithin = (a: number, most: number): boolean => a >= -SLACK && a <= most + SLACK;
  return (
    (isWithin(left, box.width) && (isNear(top, 0) || isNear(top, box.height))) ||
    (isWithin(top, box.height) && (isNear(left, 0) || isNear(left, box.width)))
  );
}

function assertSound(layout: GraphLayout, machine: StateGraph): void {
  const { names, ways } = readGraph(machine);
  const states = layout.nodes.filter(({ name }) => name !== '');
  assert.deepEqual(states.map(({ name }) => name).sort(), [...names].sort(), 'every state is drawn once');
  assert.deepEqual(
    layout.edges.map(({ from, to }) => `${from} → ${to}`).sort(),
    ways.sort(),
    'every way is drawn once',
  );

  const whole: Box = { x: 0, y: 0, width: layout.width, height: layout.height };
  layout.nodes.forEach((a, index) => {
    assert.ok(inside(a, whole), `${a.name} lies in the drawing`);
    for (const lane of a.lanes) assert.ok(inside(lane, a), `lanes of ${a.name} lie in it`);
    for (const b of layout.nodes.slice(index + 1)) {
      const nested = a.lanes.some((lane) => inside(b, lane)) || b.lanes.some((lane) => inside(a, lane));
      assert.ok(nested || !overlap(a, b), `${a.name} and ${b.name} do not overlap`);
    }
  });
  const node = (name: string, pill: string) =>
    layout.nodes.find((one) => (name === '' ? one.kind === pill : one.name === name))!;
  for (const { from, to, points, label } of layout.edges) {
    const source = node(from, 'Start');
    const target = node(to, 'End');
    assert.ok(onBorder(points[0]!, source), `${from} → ${to} starts at its source`);
    assert.ok(onBorder(points.at(-1)!, target), `${from} → ${to} ends at its target`);
    points.slice(1).forEach((end, index) => {
      const start = points[index]!;
      const piece: Box = {
        x: Math.min(start.x, end.x),
        y: Math.min(start.y, end.y),
        width: Math.abs(start.x - end.x) + SLACK,
        height: Math.abs(start.y - end.y) + SLACK,
      };
      assert.ok(
        Math.abs(start.x - end.x) <= SLACK || Math.abs(start.y - end.y) <= SLACK,
        'lines are straight or level',
      );
      for (const other of states) {
        if (other === source || other === target || other.lanes.some((lane) => inside(piece, lane))) continue;
        assert.ok(!overlap(piece, other), `${from} → ${to} does not cross ${other.name}`);
      }
    });
    if (label !== undefined)
      for (const other of states)
        if (other.lanes.length === 0)
          assert.ok(!overlap(label, other), `label ${label.text} does not cover ${other.name}`);
  }
}

for (const name of machineNames)
  test(`laid out without overlaps: ${name}`, async () => {
    const machine = machineNamed(name);
    const layout = await layoutMachine(machine);
    assertSound(layout, machine);
    assert.deepEqual(await layoutMachine(machine), layout, 'the same again');
    assert.deepEqual(JSON.parse(JSON.stringify(layout)), layout, 'plain JSON');
  });

test('machines of any shape are laid out without overlaps', async () => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const machine = randomMachine(seed, 3 + seed);
    try {
      assertSound(await layoutMachine(machine), machine);
    } catch (error) {
      throw new Error(`seed ${seed}`, { cause: error });
    }
  }
});

test('branches stand side by side, aligned at the top and equally high', async () => {
  const { nodes } = await layoutMachine(machineNamed('every-shape'));
  const { lanes } = nodes.find(({ name }) => name === 'Both')!;
  assert.equal(lanes.length, 2);
  assert.equal(lanes[0]!.y, lanes[1]!.y);
  assert.equal(lanes[0]!.height, lanes[1]!.height);
  assert.ok(lanes[0]!.x + lanes[0]!.width < lanes[1]!.x);
});

test('a name of any length fits, cut in the middle', async () => {
  const name = `Begin${'-'.repeat(60)}End`;
  const machine = { StartAt: name, States: { [name]: { Type: 'Pass', End: true } } } satisfies StateGraph;
  const layout = await layoutMachine(machine);
  assert.ok(layout.width < 400, `${layout.width}`);
});

test('a text is drawn too, also while a template has not filled in its resources', async () => {
  const text = '{"StartAt":"A","States":{"A":{"Type":"Task","Resource":"${FunctionArn}","End":true}}}';
  const { nodes } = await layoutMachine(text);
  assert.deepEqual(
    nodes.map(({ name, kind }) => `${kind} ${name}`),
    ['Task A', 'Start ', 'End '],
  );
  await assert.rejects(
    () => layoutMachine('{"StartAt":"A","States":{}}'),
    /^Error: The definition cannot be drawn: .+ Correct it there\.$/,
  );
  await assert.rejects(() => layoutMachine('{'), /^Error: The definition cannot be drawn/);
});
