// @ts-check
import * as lint from '../checks/lint.mjs';
import { describeFixtures } from './fixtures.mjs';

describeFixtures(lint);
