import { operations } from '@amduat/asl-proof/conformance';
import { describeVectors } from '@amduat/conformance/vitest';

describeVectors('asl-proof-1', operations);
