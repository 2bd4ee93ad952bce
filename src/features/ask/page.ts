import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';

/** The panel's page. Its one script and one style sheet are the extension's own; nothing else may load, run or be sent anywhere. */
export function pageOf(webview: vscode.Webview, extension: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64url');
  const file = (name: string) => webview.asWebviewUri(vscode.Uri.joinPath(extension, 'dist', 'webview', name)).toString();
  return `<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'; form-action 'none'; base-uri 'none'">
  <link rel="stylesheet" href="${file('askStyle.css')}">
  <title>Ask About This Repo</title>
</head>
<body>
  <main id="transcript" role="log" aria-label="Questions and answers" tabindex="0"></main>
  <p id="welcome">Ask where something is, how it works, or what it is for. The model reads this workspace on your machine; nothing leaves it. It is small: check what it says at its sources.</p>
  <footer>
    <div id="status" role="status" aria-live="polite"></div>
    <div id="actions"></div>
    <ul id="mentions" role="listbox" aria-label="Files to mention" hidden></ul>
    <div id="composer">
      <textarea id="question" rows="2" placeholder="Ask about this repo; @ mentions a file" aria-label="Question" role="combobox" aria-autocomplete="list" aria-controls="mentions" aria-expanded="false"></textarea>
      <button id="ask" type="button">Ask</button>
    </div>
  </footer>
  <script nonce="${nonce}" src="${file('ask.js')}"></script>
</body>
</html>`;
}
