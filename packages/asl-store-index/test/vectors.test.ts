import { inverses, operations } from '@amduat/asl-store-index/conformance';
import { describeVectors } from '@amduat/conformance/vitest';

describeVectors('asl-1-core-index', operations);
describeVectors('asl-store-index-1', operations, inverses);
