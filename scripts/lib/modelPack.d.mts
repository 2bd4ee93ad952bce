export function packModel(): Promise<{ readonly folder: string; readonly bytes: number; readonly files: number }>;
