import { describeVectors } from '@amduat/conformance/vitest';
import { inverses, operations } from './operations.js';

describeVectors('asl-1-core-index', operations);
describeVectors('asl-store-index-1', operations, inverses);
