import { alerts } from './alerts.ts'
import { chain } from './chain.ts'
import { frame } from './frame.ts'
import { records } from './records.ts'

export const en = {
  ...alerts,
  ...chain,
  ...frame,
  ...records,
}
