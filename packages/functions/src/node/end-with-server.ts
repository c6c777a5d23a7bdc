import { Worker } from 'node:worker_threads';

/** File descriptor of the pipe whose other end only the server holds. */
const SERVER_PIPE = 3;

/**
 * Ends this process when the server's end of the pipe closes, however the server ended. Watched from a thread of its
 * own: a function in an endless loop would never look.
 */
export function endWithServer(): void {
  const source = `
    const { Socket } = require('node:net');
    const pipe = new Socket({ fd: ${SERVER_PIPE}, readable: true, writable: false });
    const end = () => process.kill(process.pid, 'SIGKILL');
    pipe.on('end', end).on('close', end).on('error', end).resume();
  `;
  new Worker(source, { eval: true, env: {}, stdout: true, stderr: true }).unref();
}
