export function installOnce(folder: string, from: string, install: (partial: string) => Promise<void>): Promise<void>;
