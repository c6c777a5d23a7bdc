import type {
  CancelReplayRequest,
  CancelReplayResponse,
  DescribeReplayRequest,
  DescribeReplayResponse,
  ListReplaysRequest,
  ListReplaysResponse,
  StartReplayRequest,
  StartReplayResponse,
} from '@aws-sdk/client-eventbridge';
import { type CallContext, isSimulated } from '@riposte/account';
import type { Replay } from '@riposte/events';
import type { ServiceOperation } from '../pipeline/operation.ts';
import { defined } from './defined.ts';
import { eventsArn } from './events-arns.ts';

const service = 'events';

const byName = {
  resourceArn: (context: CallContext, { ReplayName }: { ReplayName: string | undefined }) =>
    eventsArn(context, 'replay', ReplayName!),
  touched: (context: CallContext, { ReplayName }: { ReplayName: string | undefined }) => [
    { type: 'AWS::Events::Replay', name: eventsArn(context, 'replay', ReplayName!) },
  ],
};

const startReplay: ServiceOperation<StartReplayRequest, StartReplayResponse> = {
  service,
  name: 'StartReplay',
  access: 'write',
  ...byName,
  async handle({ services, region, caller }, input) {
    const { ReplayName, EventSourceArn, Description, EventStartTime, EventEndTime, Destination } = input;
    const asked = {
      ReplayName: ReplayName!, // required by the model, like the others
      EventSourceArn: EventSourceArn!,
      ...defined({ Description }),
      eventStartTimeMs: EventStartTime!.getTime(),
      eventEndTimeMs: EventEndTime!.getTime(),
      Destination: { Arn: Destination!.Arn!, ...defined({ FilterArns: Destination!.FilterArns }) },
    };
    const how = { simulated: isSimulated(caller) };
    const started = await services.events.startReplay(region, asked, how);
    return {
      ReplayArn: started.ReplayArn,
      State: started.State,
      ReplayStartTime: new Date(started.replayStartTimeMs),
    };
  },
};

const cancelReplay: ServiceOperation<CancelReplayRequest, CancelReplayResponse> = {
  service,
  name: 'CancelReplay',
  access: 'write',
  ...byName,
  async handle({ services, region }, { ReplayName }) {
    const { ReplayArn, State } = await services.events.cancelReplay(region, ReplayName!);
    return { ReplayArn, State };
  },
};

const describeReplay: ServiceOperation<DescribeReplayRequest, DescribeReplayResponse> = {
  service,
  name: 'DescribeReplay',
  access: 'read',
  ...byName,
  async handle({ services, region }, { ReplayName }) {
    const replay = await services.events.describeReplay(region, ReplayName!);
    const { ReplayArn, Description, Destination } = replay;
    return { ...listed(replay), ReplayArn, Destination, ...defined({ Description }) };
  },
};

const listReplays: ServiceOperation<ListReplaysRequest, ListReplaysResponse> = {
  service,
  name: 'ListReplays',
  access: 'read',
  resourceArn: (context) => eventsArn(context, 'replay', '*'),
  async handle({ services, region }, { NamePrefix, EventSourceArn, State, NextToken, Limit }) {
    const found = await services.events.listReplays(
      region,
      defined({ NamePrefix, EventSourceArn, State, NextToken, Limit }),
    );
    return { Replays: found.Replays.map(listed), ...defined({ NextToken: found.NextToken }) };
  },
};

function listed(replay: Replay) {
  const { ReplayName, EventSourceArn, State, StateReason } = replay;
  return {
    ReplayName,
    EventSourceArn,
    State,
    EventStartTime: new Date(replay.eventStartTimeMs),
    EventEndTime: new Date(replay.eventEndTimeMs),
    ReplayStartTime: new Date(replay.replayStartTimeMs),
    ...defined({
      StateReason,
      EventLastReplayedTime: dateOf(replay.eventLastReplayedTimeMs),
      ReplayEndTime: dateOf(replay.replayEndTimeMs),
    }),
  };
}

function dateOf(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}

export const replayOperations = [startReplay, cancelReplay, describeReplay, listReplays];
