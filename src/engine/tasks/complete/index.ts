export { Completer } from './completer';
