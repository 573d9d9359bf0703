import { describeVectors } from '@amduat/conformance/vitest';
import { inverses, operations } from './operations.js';

describeVectors('asl-domain-1', operations, inverses);
describeVectors('asl-log-1', operations, inverses);
describeVectors('asl-checkpoint-1', operations, inverses);
