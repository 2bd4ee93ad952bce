export { searchIn } from './search';
