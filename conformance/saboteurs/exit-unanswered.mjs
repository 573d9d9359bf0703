// @ts-check
import { serve } from './serve.mjs';

serve({ onRequest: () => process.exit(0) });
