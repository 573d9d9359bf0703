// @ts-check
import { serve, writeOut } from './serve.mjs';

writeOut('saboteur 1, ready\n');
serve();
