// `vigie/register`: starts Vigie before a program, by `node --import vigie/register app.js` or `--require`. See README.md.

import { face } from './entry/otel.js'

face.start()
