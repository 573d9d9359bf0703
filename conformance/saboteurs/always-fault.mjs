// @ts-check
import { answerHonestly, serve } from './serve.mjs';

serve({ onRequest: (asked) => answerHonestly({ ...asked, answer: { fault: { message: 'a bug' } } }) });
