import { describeVectors } from '@amduat/conformance/vitest';
import { inverses, operations } from './operations.js';

describeVectors('enc-asl-core-index-1', operations, inverses);
