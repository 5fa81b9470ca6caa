// What the first screens say: the frame, signing in, the alert queue.
import { alerts } from './alerts.ts'
import { frame } from './frame.ts'

export const near = { ...alerts, ...frame }
