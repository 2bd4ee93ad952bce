import { version } from '../../package.json';

/** The release this engine belongs to. */
export const engineVersion: string = version;
