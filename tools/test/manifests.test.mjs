// @ts-check
import * as manifests from '../checks/manifests.mjs';
import { describeFixtures } from './fixtures.mjs';

describeFixtures(manifests);
