// @ts-check
import { serve } from './serve.mjs';

serve({
  hello: (own) => ({ ...own, ops: own['ops'].filter((/** @type {string} */ op) => op !== 'core.sealBlock') }),
});
