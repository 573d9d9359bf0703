import { describeVectors } from '@amduat/conformance/vitest';
import { inverses, operations } from './operations.js';

describeVectors('asl-1-core', operations, inverses);
