export { Summarizer } from './summarizer';
