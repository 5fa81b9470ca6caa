import { access } from './access.ts'
import { account } from './account.ts'
import { alerts } from './alerts.ts'
import { cases } from './cases.ts'
import { chain } from './chain.ts'
import { frame } from './frame.ts'
import { home } from './home.ts'
import { intake } from './intake.ts'
import { lexicon } from './lexicon.ts'
import { people } from './people.ts'
import { records } from './records.ts'

export const zh = {
  ...access,
  ...account,
  ...alerts,
  ...cases,
  ...chain,
  ...frame,
  ...home,
  ...intake,
  ...lexicon,
  ...people,
  ...records,
}
