export { Asker, type AskedWorkspace } from './asker';
export { References } from './references';
