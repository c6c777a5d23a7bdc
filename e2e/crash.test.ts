import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { PreparedStory, type Story } from './interrupted-story.ts';

/** More commits than any story has: the run with this many ends without dying. */
const COMMITS_MAX = 600;

const stories: readonly (Story & { everyNth: number })[] = [
  {
    title: 'two keys are deleted: two containments, one notice each',
    parameters: [],
    exposed: 2,
    forbidden: false,
    keysAfter: [],
    subjects: ['DELETED', 'DELETED'],
    everyNth: 1,
  },
  {
    title: 'containment is forbidden: the key is untouched, one notice says so',
    parameters: [],
    exposed: 1,
    forbidden: true,
    keysAfter: ['Active', 'Active'],
    subjects: ['STILL ACTIVE'],
    everyNth: 4,
  },
  {
    title: 'deactivated, then deleted: a notice for each',
    parameters: ['-p', 'Containment=DeactivateThenDelete', '-p', 'DeleteAfterSeconds=1'],
    exposed: 1,
    forbidden: false,
    keysAfter: ['Active'],
    subjects: ['DEACTIVATED', 'DELETED'],
    everyNth: 4,
  },
];

for (const story of stories)
  test(`killed at ${story.everyNth === 1 ? 'each' : `each ${story.everyNth}th`} commit, the story goes on after a restart: ${story.title}`, async () => {
    const prepared = await PreparedStory.prepare(story);
    after(() => prepared.remove());
    let next = 1;
    let last = COMMITS_MAX;
    const worker = async () => {
      while (next <= last) {
        const boundary = next;
        next += story.everyNth;
        if (!(await prepared.playKilledAt(boundary))) last = Math.min(last, boundary);
      }
    };
    await Promise.all([worker(), worker()]);
    assert.ok(last > 20 && last < COMMITS_MAX, `the story has ${last} commits`);
  });
