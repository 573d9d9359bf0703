/**
 * The product: the `amduat` command, and what it is made of for programs that embed it.
 *
 * @module
 */

export { EXIT } from './exit-codes.js';
export { DEFAULT_FOLDER, locateStore } from './locate.js';
export { main } from './main.js';
export type { Surroundings } from './output.js';
export * as schemas from './schemas.js';
