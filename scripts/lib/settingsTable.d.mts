export function settingsTable(manifest: unknown): string;
export function withSettingsTable(readme: string, manifest: unknown): string;
