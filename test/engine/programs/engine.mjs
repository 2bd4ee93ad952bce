// The engine from its source, as a program that takes arguments like its bundle.
import { register } from 'tsx/esm/api';

register();
await import('../../../src/engine/main.ts');
