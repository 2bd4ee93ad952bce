/** The layout of a model pack that this release reads. Raised when an older engine would misread a newer pack. */
export const modelPackFormatVersion = 1;

/** What a model pack says of itself. */
export const modelPackManifest = 'manifest.json';

/** A file name in a pack: one with a folder in it could reach outside. */
export const modelPackFileName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** What helps where a pack is missing, damaged or too old. */
export const modelPackRemedy = 'Import the model pack of this release with the command "SparseK: Import Model…"; in a clone, run "git checkout -- models".';
