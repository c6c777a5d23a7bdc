import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
export const launcher = join(root, 'packages', 'cli', 'bin', 'riposte.cjs');
export const playbook = join(root, 'playbooks', 'exposed-access-key');
/** Where `.ci/run` puts the AWS CLI, boto3 and the template checkers. */
const pythonTools = join(root, '.venv', 'bin');

/** A server as a user starts it: a process of its own, with its own data folder. */
export class RunningServer {
  readonly url: string;
  readonly dataFolder: string;
  readonly #child: ChildProcess | undefined;
  readonly #exited: Promise<void>;

  private constructor(
    url: string,
    dataFolder: string,
    child?: ChildProcess,
    exited: Promise<void> = Promise.resolve(),
  ) {
    this.url = url;
    this.dataFolder = dataFolder;
    this.#child = child;
    this.#exited = exited;
  }

  static start(options: { dataFolder?: string; arguments?: readonly string[] } = {}): Promise<RunningServer> {
    const dataFolder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'riposte-e2e-'));
    const child = spawn(
      process.execPath,
      [launcher, 'start', '--port', '0', '--data', dataFolder, ...(options.arguments ?? [])],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const exited = new Promise<void>((done) => child.on('exit', () => done()));
    return new Promise((ready, failed) => {
      let text = '';
      const read = (chunk: Buffer) => {
        text += chunk.toString();
        const url = /AWS door\s+(http:\S+)/.exec(text)?.[1];
        if (url !== undefined) ready(new RunningServer(url, dataFolder, child, exited));
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      void exited.then(() => failed(new Error(`The server ended before it was ready:\n${text}`)));
    });
  }

  /** A server that somebody else started. */
  static at(url: string, dataFolder: string): RunningServer {
    return new RunningServer(url, dataFolder);
  }

  /** Runs a `riposte` command against this server. */
  riposte(...words: string[]): { status: number | null; stdout: string; stderr: string } {
    return runTool(process.execPath, [launcher, ...words], { RIPOSTE_ENDPOINT: this.url });
  }

  /** Runs the AWS CLI or Python against this server, with the well-known key. */
  tool(name: string, ...words: string[]): { status: number | null; stdout: string; stderr: string } {
    return runTool(toolPath(name), words, this.environment());
  }

  environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    };
  }

  kill(): Promise<void> {
    this.#child?.kill('SIGKILL');
    return this.#exited;
  }

  /** Lets it end in good order. */
  terminate(): Promise<void> {
    this.#child?.kill('SIGTERM');
    return this.#exited;
  }

  async stop(): Promise<void> {
    await this.terminate();
    rmSync(this.dataFolder, { recursive: true, force: true });
  }
}

/** @param name  of a program that `.ci/run` installs from PyPI */
export function toolPath(name: string): string {
  return join(pythonTools, name);
}

export function runTool(
  program: string,
  words: readonly string[],
  environment: Record<string, string>,
): { status: number | null; stdout: string; stderr: string } {
  const run = spawnSync(program, words, {
    encoding: 'utf8',
    timeout: 60_000,
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...environment },
  });
  if (run.error) throw run.error;
  return { status: run.status, stdout: run.stdout, stderr: run.stderr };
}
