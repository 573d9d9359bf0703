import { inverses, operations } from '@amduat/asl-core/conformance';
import { describeVectors } from '@amduat/conformance/vitest';

describeVectors('asl-1-core', operations, inverses);
