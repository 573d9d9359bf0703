// @ts-check
import { serve } from './serve.mjs';

serve();
