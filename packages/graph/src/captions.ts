import type { State } from '@riposte/asl';

/** What a state does, in a few words: `Lambda invoke`, `wait 60 s`, `each item`. */
export function captionOf(state: State): string {
  switch (state.Type) {
    case 'Task':
      return resourceCaption(state.Resource);
    case 'Wait':
      if (state.Seconds !== undefined) return `wait ${state.Seconds} s`;
      return `wait ${state.Timestamp === undefined ? (state.SecondsPath === undefined ? 'until' : 'for') : 'until'} ${state.Timestamp ?? state.SecondsPath ?? state.TimestampPath ?? ''}`;
    case 'Fail':
      return state.Error === undefined ? 'fail' : `fail: ${state.Error}`;
    case 'Parallel':
      return `${state.Branches.length} branches in parallel`;
    case 'Map':
      return `each item of ${state.ItemsPath ?? '$'}`;
    default:
      return state.Type.toLowerCase();
  }
}

/** `arn:aws:states:::sns:publish` → `sns publish`; a function → `Lambda function`; an activity → `activity`. */
function resourceCaption(resource: string): string {
  const integration = /^arn:[^:]*:states:[^:]*:[^:]*:(?!activity:)(.+)$/.exec(resource)?.[1];
  if (integration !== undefined) {
    const [action = '', pattern] = integration.split('.', 2);
    const words = action.replace(/^aws-sdk:/, '').replace(':', ' ');
    return pattern === undefined ? words : `${words} (${pattern})`;
  }
  if (/^arn:[^:]*:lambda:/.test(resource)) return 'Lambda function';
  if (/:activity:/.test(resource)) return 'activity';
  return 'task';
}

/** Whether the state starts another workflow. */
export function startsWorkflow(state: State): boolean {
  return state.Type === 'Task' && /:states:startExecution|:states:startSyncExecution/.test(state.Resource);
}

/** Whether the state waits until somebody answers with its token, e.g. an approval. */
export function waitsForToken(state: State): boolean {
  return state.Type === 'Task' && state.Resource.endsWith('.waitForTaskToken');
}

/** At most `charactersMax` characters, cut in the middle, where names differ least. */
export function shorten(text: string, charactersMax: number): string {
  const characters = [...text];
  if (characters.length <= charactersMax) return text;
  const head = Math.ceil((charactersMax - 1) / 2);
  const tail = charactersMax - 1 - head;
  return `${characters.slice(0, head).join('')}…${characters.slice(characters.length - tail).join('')}`;
}
