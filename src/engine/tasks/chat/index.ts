export { answerTurn } from './answerTurn';
export { readPrompt, type Prompt, type PromptReading, type TakeTurn } from './chatContext';
export { ChatTemplate, type Role } from './chatTemplate';
export { repetitionStart } from './repetition';
export { writeTurn, type Writing, type WritingOptions } from './write';
export { AnswerTally } from './answerTally';
export { Chatter } from './chatter';
export type { ChatModel } from './chatModel';
