import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WaitingLine } from '../src/waiting-line.ts';

/** A line whose calls are named after their function, and `places` places that are given out in its order. */
function simulate(places: number) {
  const line = new WaitingLine<string>();
  const running: string[] = [];
  return {
    line,
    /** Who runs now, in the order in which they began. */
    running,
    come(name: string, count: number) {
      for (let n = 0; n < count; n += 1) line.join(name, name);
    },
    serve() {
      while (running.length < places) {
        const [next] = line.firsts();
        if (next === undefined) return;
        line.began(next);
        running.push(next);
      }
    },
    end(name: string) {
      running.splice(running.indexOf(name), 1);
      line.ended(name);
      this.serve();
    },
  };
}

test('a function alone may hold all places; another that comes gets the next one, whatever waits', () => {
  const world = simulate(50);
  world.come('slow', 250);
  world.serve();
  assert.equal(world.running.length, 50);
  world.come('quick', 1);
  world.serve();
  assert.ok(!world.running.includes('quick'), 'nobody is sent away for it');
  world.end('slow');
  assert.equal(world.running.at(-1), 'quick');
  assert.equal(world.line.all().length, 200, 'as many of the slow one wait as before');
});

test('functions with calls without end come to share the places alike', () => {
  const world = simulate(50);
  world.come('first', 500);
  world.serve();
  world.come('second', 500);
  world.come('third', 500);
  for (let n = 0; n < 100; n += 1) world.end(world.running[0]!); // the longest under way; all places are taken
  const held = ['first', 'second', 'third'].map(
    (name) => world.running.filter((other) => other === name).length,
  );
  assert.deepEqual(held.toSorted(), [16, 17, 17]);
});

test('where there are fewer places than functions they take turns, and calls of one keep their order', () => {
  const line = new WaitingLine<string>();
  for (const call of ['a1', 'a2', 'a3', 'b1', 'b2', 'c1']) line.join(call[0]!, call); // it has a name
  const served: string[] = [];
  for (let [next] = line.firsts(); next !== undefined; [next] = line.firsts()) {
    served.push(next);
    line.began(next[0]!);
    line.ended(next[0]!);
  }
  assert.deepEqual(served, ['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
});

test('functions that come again and again do not hold up one whose calls wait', () => {
  const world = simulate(1);
  world.come('backlog', 10);
  world.serve();
  world.come('one', 1);
  world.come('another', 1);
  const served: string[] = [];
  for (let n = 0; n < 9; n += 1) {
    const [running = ''] = world.running;
    served.push(running);
    world.end(running);
    if (running !== 'backlog') world.come(running, 1);
    world.serve();
  }
  assert.equal(served.filter((name) => name === 'backlog').length, 3);
});

test('of two functions the one that holds fewer places is next, though its last turn is later', () => {
  const world = simulate(3);
  world.come('many', 2);
  world.serve();
  world.come('one', 1);
  world.serve();
  world.come('one', 1);
  world.come('many', 1);
  assert.deepEqual(world.line.firsts(), ['one', 'many']);
});

test('a call that could not use its place is served before those that came after it', () => {
  const line = new WaitingLine<string>();
  for (const call of ['a1', 'a2']) line.join('a', call);
  line.began('a');
  line.rejoin('a', 'a1');
  line.ended('a');
  assert.deepEqual(line.all(), ['a1', 'a2']);
});

test('a call that has left the line is not served', () => {
  const line = new WaitingLine<string>();
  for (const call of ['a1', 'a2', 'b1']) line.join(call[0]!, call); // it has a name
  line.leave('a', 'a1');
  line.leave('b', 'b1');
  assert.deepEqual(line.firsts(), ['a2']);
  assert.equal(line.isWaiting('b'), false);
});
