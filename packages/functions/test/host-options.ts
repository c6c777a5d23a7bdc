import type { FunctionHostOptions } from '@riposte/functions';

export interface Recorded {
  logs: string[];
  /** The task ids named to the credentials, in order. */
  attributions: (string | undefined)[];
  revoked: number;
  /** Counts how often the role was made anew; credentials of an earlier one are not current. */
  roleGeneration?: number;
}

/** The surroundings of a host under test: the real clock, because the processes are real. */
export function hostOptions(recorded: Recorded, codeFolder: string): FunctionHostOptions {
  return {
    clock: {
      now: () => Date.now(),
      wakeAt: (atMs, wake) => {
        const timer = setTimeout(wake, Math.max(0, atMs - Date.now()));
        return () => clearTimeout(timer);
      },
    },
    ids: { uuid: () => crypto.randomUUID(), secret: () => crypto.randomUUID(), uniform: () => 0.5 },
    logs: { append: ({ events }) => recorded.logs.push(...events.map((event) => event.message)) },
    codeFolderOf: () => codeFolder,
    endpointUrl: () => 'http://127.0.0.1:4566',
    credentials: {
      issue: async () => {
        const generation = recorded.roleGeneration;
        return {
          accessKeyId: 'ASIATESTTESTTESTTEST',
          secretAccessKey: 'secret',
          sessionToken: 'token',
          attributeTo: (step) => recorded.attributions.push(step?.taskId),
          isCurrent: async () => recorded.roleGeneration === generation,
          revoke: () => {
            recorded.revoked += 1;
          },
        };
      },
    },
  };
}
