import type { StateType } from '@riposte/asl';
import type { Transition } from '../transitions.ts';

/** A place in the drawing, in pixels from its upper left corner. */
export interface Point {
  x: number;
  y: number;
}
/** A rectangle; its point is the upper left corner. */
export interface Box extends Point {
  width: number;
  height: number;
}

/** A state, or the start or end of the machine. All positions are absolute, in pixels. */
export interface LayoutNode extends Box {
  /** Name of the state; `Start` and `End` carry none. */
  name: string;
  kind: StateType | 'Start' | 'End';
  caption: string;
  /** 0 for the states of the machine itself. */
  depth: number;
  /** Starts another workflow. */
  isWorkflow: boolean;
  /** Waits for an answer with a task token. */
  isWaitingForToken: boolean;
  /** Where the branches of a Parallel or the item processor of a Map lie; empty for others. */
  lanes: Box[];
}

/** A transition as it is drawn. */
export interface LayoutEdge {
  kind: Transition['kind'] | 'start' | 'end';
  /** Names of states; empty for Start and End. */
  from: string;
  to: string;
  /** From the source's border to the target's, with the bends between. */
  points: Point[];
  label?: Box & { text: string; full: string };
}

/** A machine laid out: plain JSON, in painting order (containers before what is in them). */
export interface GraphLayout {
  title: string;
  width: number;
  height: number;
  nodes: LayoutNode[];
  edges: LayoutEdge[];
}
