// @ts-check
import { serve, writeOut } from './serve.mjs';

serve({ write: (line) => writeOut(`\n${line}`) });
