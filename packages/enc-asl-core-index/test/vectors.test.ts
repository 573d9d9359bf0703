import { describeVectors } from '@amduat/conformance/vitest';
import { inverses, operations } from '@amduat/enc-asl-core-index/conformance';

describeVectors('enc-asl-core-index-1', operations, inverses);
