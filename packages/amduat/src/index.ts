/**
 * The product: the `amduat` command, and what it is made of for programs that embed it.
 *
 * @module
 */

import * as shapes from './schemas.js';

export { EXIT } from './exit-codes.js';
export { DEFAULT_FOLDER, locateStore } from './locate.js';
export { main } from './main.js';
export type { Surroundings } from './output.js';

/** The shapes of what the commands print with `--json`, one zod schema for each. */
export const schemas: typeof shapes = shapes;
