// @ts-check
import * as knip from '../checks/knip.mjs';
import { describeFixtures } from './fixtures.mjs';
import { linkInstalled } from './install.mjs';

describeFixtures(knip, linkInstalled);
