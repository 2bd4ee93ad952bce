import { chromium, type Browser } from 'playwright-core';
import { findProgram, requirePrograms } from './systemPrograms';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Size of the window, and of every screenshot. */
export const viewport = { width: 1280, height: 800 };

/** The browser that `CHROMIUM` names or the PATH has; root on Debian gets one from Debian. */
export async function ensureBrowser(report: (line: string) => void): Promise<string> {
  const found = process.env.CHROMIUM ?? names.map(findProgram).find((path) => path !== undefined);
  if (found !== undefined) return found;
  await requirePrograms(['chromium'], report);
  return ensureBrowser(report);
}

/** Starts it without a window. Ends with this process, also on Ctrl+C. */
export function launchBrowser(executablePath: string): Promise<Browser> {
  // Signals are ours (scripts/lib/run.mjs): Playwright then ends the browser on exit.
  return chromium.launch({ executablePath, args: quiet, timeout: 60_000, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false });
}
