/** What runs in a thread of ExpressionThreads: one expression after the other, until the thread is killed. */
import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { evaluateExpression, type EvaluationRequest } from '@riposte/asl';

parentPort?.on('message', (request: EvaluationRequest) => {
  void evaluateExpression(request, (algorithm, text) =>
    createHash(algorithm.toLowerCase().replace('-', '')).update(text).digest('hex'),
  ).then((reply) => parentPort?.postMessage(reply));
});
parentPort?.postMessage('ready');
