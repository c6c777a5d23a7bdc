/** How far a state got, as graph, tables and terminal show it. */
export type StateStatus =
  | 'notStarted'
  | 'running'
  | 'waiting'
  | 'succeeded'
  | 'failed'
  | 'timedOut'
  | 'caughtError'
  | 'aborted'
  | 'skipped';

/** How one status is shown. Colours are CSS's. */
export interface StatusLook {
  /** One character, for terminals; drawings have their own. */
  glyph: string;
  words: string;
  /** Of lines and glyphs on light ground, never of text on its own fill. */
  stroke: string;
  fill: string;
  /** The same on dark ground. */
  darkStroke: string;
  darkFill: string;
  border: 'solid' | 'heavy' | 'dashed' | 'dotted';
}

/**
 * The one table of statuses. Glyph and words always stand beside the colour: under simulated colour blindness
 * failed and caught, running and waiting nearly merge. Strokes keep at least 3:1 to their ground.
 */
export const stateStatuses: Readonly<Record<StateStatus, StatusLook>> = {
  notStarted: {
    glyph: '○',
    words: 'not started',
    border: 'dashed',
    stroke: '#7d8998',
    fill: 'none',
    darkStroke: '#7d8998',
    darkFill: 'none',
  },
  running: {
    glyph: '▶',
    words: 'running',
    border: 'solid',
    stroke: '#0969da',
    fill: '#e8f3ff',
    darkStroke: '#58a6ff',
    darkFill: '#12263f',
  },
  waiting: {
    glyph: '⏸',
    words: 'waiting',
    border: 'solid',
    stroke: '#6b4fbb',
    fill: '#f3effd',
    darkStroke: '#c297ff',
    darkFill: '#2a2140',
  },
  succeeded: {
    glyph: '✔',
    words: 'succeeded',
    border: 'solid',
    stroke: '#1b7f4b',
    fill: '#e6f6ec',
    darkStroke: '#39c5a5',
    darkFill: '#12302a',
  },
  failed: {
    glyph: '✘',
    words: 'failed',
    border: 'heavy',
    stroke: '#b3261e',
    fill: '#fdecea',
    darkStroke: '#ff7b72',
    darkFill: '#3d1a1a',
  },
  timedOut: {
    glyph: '⧗',
    words: 'timed out',
    border: 'heavy',
    stroke: '#b3261e',
    fill: '#fdecea',
    darkStroke: '#ff7b72',
    darkFill: '#3d1a1a',
  },
  caughtError: {
    glyph: '⚠',
    words: 'caught error',
    border: 'solid',
    stroke: '#9a5b00',
    fill: '#fff4e0',
    darkStroke: '#f0a83a',
    darkFill: '#38280f',
  },
  aborted: {
    glyph: '■',
    words: 'aborted',
    border: 'solid',
    stroke: '#5f6b7a',
    fill: '#eef0f3',
    darkStroke: '#9aa4b2',
    darkFill: '#2a313c',
  },
  skipped: {
    glyph: '–',
    words: 'skipped',
    border: 'dotted',
    stroke: '#7d8998',
    fill: 'none',
    darkStroke: '#7d8998',
    darkFill: 'none',
  },
};

/** Status by state name; names are unique in a machine. What is not named was not started. */
export type Statuses = Readonly<Record<string, StateStatus>>;

export function statusOf(statuses: Statuses, name: string): StateStatus {
  return (Object.hasOwn(statuses, name) ? statuses[name] : undefined) ?? 'notStarted';
}

/** Whether the state was entered. */
export function wasEntered(status: StateStatus): boolean {
  return status !== 'notStarted' && status !== 'skipped';
}
