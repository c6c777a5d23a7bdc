import type { AccountOperation } from '../ports/operation.ts';
import { cancelMessageMoveTask, listMessageMoveTasks, startMessageMoveTask } from './message-move-tasks.ts';
import { addPermission, removePermission } from './permissions.ts';
import { getQueueAttributes, setQueueAttributes } from './queue-attributes.ts';
import {
  createQueue,
  deleteQueue,
  getQueueUrl,
  listDeadLetterSourceQueues,
  listQueues,
  purgeQueue,
} from './queues.ts';
import {
  changeMessageVisibility,
  changeMessageVisibilityBatch,
  deleteMessage,
  deleteMessageBatch,
} from './received-messages.ts';
import { sendMessage, sendMessageBatch } from './send.ts';
import { listQueueTags, tagQueue, untagQueue } from './tags.ts';

/** All but ReceiveMessage, which may wait: the gateway carries it out with `receiveMessages`. */
export const queueOperations: readonly AccountOperation[] = [
  createQueue,
  deleteQueue,
  purgeQueue,
  getQueueUrl,
  listQueues,
  listDeadLetterSourceQueues,
  getQueueAttributes,
  setQueueAttributes,
  addPermission,
  removePermission,
  tagQueue,
  untagQueue,
  listQueueTags,
  sendMessage,
  sendMessageBatch,
  deleteMessage,
  deleteMessageBatch,
  changeMessageVisibility,
  changeMessageVisibilityBatch,
  startMessageMoveTask,
  cancelMessageMoveTask,
  listMessageMoveTasks,
];
