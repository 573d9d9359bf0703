// @ts-check
import * as types from '../checks/types.mjs';
import { describeFixtures } from './fixtures.mjs';
import { linkInstalled } from './install.mjs';

describeFixtures(types, linkInstalled);
