import { inverses, operations } from '@amduat/asl-log/conformance';
import { describeVectors } from '@amduat/conformance/vitest';

describeVectors('asl-domain-1', operations, inverses);
describeVectors('asl-log-1', operations, inverses);
describeVectors('asl-checkpoint-1', operations, inverses);
