/** Ids of the commands, as package.json contributes them. */
export const commands = {
  trigger: 'sparsek.triggerCompletion',
  toggle: 'sparsek.toggle',
  toggleLanguage: 'sparsek.toggleLanguage',
  restart: 'sparsek.restartEngine',
  showLog: 'sparsek.showLog',
  explain: 'sparsek.explainLastCompletion',
  menu: 'sparsek.showMenu',
  ask: 'sparsek.askAboutRepo',
  askAboutSelection: 'sparsek.askAboutSelection',
  summarizeFile: 'sparsek.summarizeFile',
  summarizeSelection: 'sparsek.summarizeSelection',
  summarizeFolder: 'sparsek.summarizeFolder',
  clearConversation: 'sparsek.clearConversation',
  showMemory: 'sparsek.showMemory',
  hideMemory: 'sparsek.hideMemory',
  getStarted: 'sparsek.getStarted',
} as const;
