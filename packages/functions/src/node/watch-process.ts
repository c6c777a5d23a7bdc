import { Worker } from 'node:worker_threads';

/** File descriptor of the pipe whose other end only the server holds. */
const SERVER_PIPE = 3;

/** What Node.js and the SDK take themselves is not the function's. */
const RUNTIME_MB = 160;
const LOOK_EVERY_MS = 50;

/**
 * Ends this process when the server's end of the pipe closes, however the server ended, and when it takes more memory
 * than the function was given: V8's own limit does not count buffers. Watched from a thread of its own: a function in
 * an endless loop would never look.
 */
export function watchProcess(memorySizeMb: number): void {
  const source = `
    const { Socket } = require('node:net');
    const pipe = new Socket({ fd: ${SERVER_PIPE}, readable: true, writable: false });
    const end = () => process.kill(process.pid, 'SIGKILL');
    pipe.on('end', end).on('close', end).on('error', end).resume();
    const bytesMax = ${(memorySizeMb + RUNTIME_MB) * 1024 * 1024};
    setInterval(() => process.memoryUsage.rss() > bytesMax && end(), ${LOOK_EVERY_MS});
  `;
  new Worker(source, { eval: true, env: {}, stdout: true, stderr: true }).unref();
}
