/**
 * A server that kills itself right after its Nth commit since it was ready, before anybody is answered.
 * Arguments: data folder, N. Prints the address of the AWS door when it is ready.
 */
import { join } from 'node:path';
import { defaultConfiguration, startServer } from '@riposte/server';
import { Database } from '@riposte/store-sqlite';

const [dataFolder = '', commits = ''] = process.argv.slice(2);
let left = Number.POSITIVE_INFINITY;
const server = await startServer(
  { ...defaultConfiguration(), dataFolder, awsPort: 0, peoplePort: 0 },
  (line) => console.error(line),
  () =>
    new Database(join(dataFolder, 'riposte.sqlite'), () => {
      left -= 1;
      if (left === 0) process.kill(process.pid, 'SIGKILL');
    }),
);
console.log(`AWS door ${server.describe().awsUrl}`);
left = Number(commits);
