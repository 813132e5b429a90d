// n8n's rules for verified community nodes, on the package and on what it shares with the helper for authors.
import { n8nCommunityNodesPlugin } from '@n8n/eslint-plugin-community-nodes'
import parser from '@typescript-eslint/parser'

const { recommended } = n8nCommunityNodesPlugin.configs
export default [
  { ...recommended, files: ['**/*.ts'], languageOptions: { parser } },
  { ...recommended, files: ['package.json'], languageOptions: { parser, parserOptions: { extraFileExtensions: ['.json'] } } },
]
