import * as client from '@aws-sdk/client-scheduler';
import type { ServiceDefinition } from '../../world/service.ts';
import { readServiceModel } from '../../wire/model.ts';
import {
  createScheduleGroup,
  deleteScheduleGroup,
  getScheduleGroup,
  listScheduleGroups,
  listTagsForResource,
  tagResource,
  untagResource,
} from './group-operations.ts';
import { scheduleGroupResource, scheduleResource } from './resources.ts';
import {
  createSchedule,
  deleteSchedule,
  getSchedule,
  listSchedules,
  updateSchedule,
} from './schedule-operations.ts';
import constraints from './constraints.json' with { type: 'json' };

export const scheduler: ServiceDefinition = {
  name: 'scheduler',
  model: readServiceModel(client, constraints),
  scope: 'regional',
  accessDenied: { code: 'AccessDeniedException', status: 403 },
  validationError: 'ValidationException',
  resources: [scheduleGroupResource, scheduleResource],
  operations: {
    CreateSchedule: createSchedule,
    CreateScheduleGroup: createScheduleGroup,
    DeleteSchedule: deleteSchedule,
    DeleteScheduleGroup: deleteScheduleGroup,
    GetSchedule: getSchedule,
    GetScheduleGroup: getScheduleGroup,
    ListScheduleGroups: listScheduleGroups,
    ListSchedules: listSchedules,
    ListTagsForResource: listTagsForResource,
    TagResource: tagResource,
    UntagResource: untagResource,
    UpdateSchedule: updateSchedule,
  },
};
