import * as vscode from 'vscode';
import type { MemoryView, SegmentInMemory } from '../../protocol';
import { describeReasons } from '../complete/remembered';
import { colourOf } from './decorations';
import { percent } from './describe';
import { levelEdges, levelNames, levels, type Level } from './levels';

export type Node =
  | { readonly kind: 'own'; readonly share: number; readonly view: MemoryView }
  | { readonly kind: 'segment'; readonly segment: SegmentInMemory }
  | { readonly kind: 'legend' }
  | { readonly kind: 'level'; readonly level: Level };

const legend: Node = { kind: 'legend' };

/** What is in the memory: the open file's own text, then the segments, the best first; and what the shades mean. */
export class MemoryTree implements vscode.TreeDataProvider<Node>, vscode.Disposable {
  readonly #change = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#change.event;
  #roots: readonly Node[] = [];

  get roots(): readonly Node[] {
    return this.#roots;
  }

  show(view: MemoryView): void {
    const own = view.documents.find(({ share, lines }) => share > 0 || lines.length > 0);
    this.#roots = [
      ...(own === undefined ? [] : [{ kind: 'own', share: own.share, view } as const]),
      ...view.segments.map((segment) => ({ kind: 'segment', segment }) as const),
      legend,
    ];
    this.#change.fire();
  }

  getChildren(node?: Node): readonly Node[] & Node[] {
    if (node === undefined) return [...this.#roots];
    return node.kind === 'legend' ? levels.map((level) => ({ kind: 'level', level })) : [];
  }

  getTreeItem(node: Node): vscode.TreeItem {
    switch (node.kind) {
      case 'own': return ownItem(node.share, node.view);
      case 'segment': return segmentItem(node.segment);
      case 'legend': return new vscode.TreeItem('What the shades mean', vscode.TreeItemCollapsibleState.Expanded);
      case 'level': return levelItem(node.level);
    }
  }

  dispose(): void {
    this.#change.dispose();
  }
}

function ownItem(share: number, { entries, capacity }: MemoryView): vscode.TreeItem {
  const item = new vscode.TreeItem('This file, before the cursor');
  item.description = `${percent(share)} %`;
  item.tooltip = `Older text of this file has ${percent(share)} % of the memory's ${entries} entries per layer and head (at most ${capacity}). What is around the cursor is kept whole beside them.`;
  item.iconPath = new vscode.ThemeIcon('file-code');
  return item;
}

function segmentItem({ folder, path, startLine, endLine, share, stale, why }: SegmentInMemory): vscode.TreeItem {
  const item = new vscode.TreeItem(`${path}:${startLine}-${endLine}`);
  const reasons = describeReasons(why);
  const freshness = stale ? 'stale: its file has changed since' : 'fresh';
  item.description = [`${percent(share)} %`, ...(stale ? ['stale'] : []), ...reasons].join('; ');
  item.tooltip = `${path}, lines ${startLine} to ${endLine}\n${percent(share)} % of the memory\n${reasons.join('; ')}\n${freshness}`;
  item.iconPath = new vscode.ThemeIcon(stale ? 'history' : 'symbol-snippet');
  item.contextValue = stale ? 'stale' : 'fresh';
  item.accessibilityInformation = { label: `${path}, lines ${startLine} to ${endLine}, ${item.description}` };
  item.command = {
    command: 'vscode.open',
    title: 'Open',
    arguments: [vscode.Uri.joinPath(vscode.Uri.file(folder), path), { selection: new vscode.Range(startLine - 1, 0, startLine - 1, 0), preview: true }],
  };
  return item;
}

function levelItem(level: Level): vscode.TreeItem {
  const item = new vscode.TreeItem(levelNames[level]);
  item.description = levelEdges[level];
  item.iconPath = new vscode.ThemeIcon('circle-filled', colourOf(level, 'Border'));
  return item;
}
