import { alerts } from './alerts.ts'
import { chain } from './chain.ts'
import { frame } from './frame.ts'
import { records } from './records.ts'

export const zh = {
  ...alerts,
  ...chain,
  ...frame,
  ...records,
}
