// What the other rooms say.
import { access } from './access.ts'
import { account } from './account.ts'
import { assets } from './assets.ts'
import { cases } from './cases.ts'
import { chain } from './chain.ts'
import { customers } from './customers.ts'
import { handover } from './handover.ts'
import { home } from './home.ts'
import { intake } from './intake.ts'
import { lexicon } from './lexicon.ts'
import { people } from './people.ts'
import { records } from './records.ts'
import { rights } from './rights.ts'
import { staff } from './staff.ts'

export const far = {
  ...access,
  ...account,
  ...assets,
  ...cases,
  ...chain,
  ...customers,
  ...handover,
  ...home,
  ...intake,
  ...lexicon,
  ...people,
  ...records,
  ...rights,
  ...staff,
}
