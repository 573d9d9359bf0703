// @ts-check
import { serveAllBut } from './serve.mjs';

// Goes on answering what comes after it.
serveAllBut('core.seal.empty', () => {});
