import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** What a runtime is started with. */
interface RuntimeStart {
  /** Where the function's files are. */
  codeFolder: string;
  /** Empty: none is kept. */
  compileCacheFolder: string;
  memorySizeMb: number;
  /** The whole of it: nothing of the server's is added. */
  environment: Record<string, string>;
}

/** Starts the Node.js of the server with the bootstrap, in a process group of its own. */
export function startRuntime(start: RuntimeStart): ChildProcess {
  return spawn(
    process.execPath,
    [
      `--max-old-space-size=${start.memorySizeMb}`,
      '--disable-warning=ExperimentalWarning',
      join(import.meta.dirname, 'node', 'bootstrap.ts'),
      start.compileCacheFolder,
    ],
    {
      cwd: start.codeFolder,
      env: start.environment,
      // A group of its own, so that a kill reaches what it started. The fourth pipe ends with this server.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    },
  );
}

/** Kills a runtime and all that it started. */
export function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    child.kill('SIGKILL'); // no group left, or no groups on this system
  }
}
