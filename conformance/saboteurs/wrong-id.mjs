// @ts-check
import { answerHonestly, serveAllBut } from './serve.mjs';

serveAllBut('core.seal.empty', (asked) => answerHonestly({ ...asked, id: 'x' }));
