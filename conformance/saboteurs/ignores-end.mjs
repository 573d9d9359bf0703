// @ts-check
import { serve } from './serve.mjs';

setInterval(() => {}, 1000);
serve();
