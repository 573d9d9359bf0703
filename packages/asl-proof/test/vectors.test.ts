import { describeVectors } from '@amduat/conformance/vitest';
import { operations } from './operations.js';

describeVectors('asl-proof-1', operations);
