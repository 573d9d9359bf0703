// @ts-check
import { serve, writeOut } from './serve.mjs';

serve({ onRequest: ({ id, op }) => writeOut(`${JSON.stringify({ id, op, in: {} })}\n`) });
