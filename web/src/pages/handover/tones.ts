// Which tone of a mark goes with which state.
export const itemTone: Record<string, string | undefined> = { submitted: 'low', returned: 'high', accepted: 'good', waived: 'medium' }
export const moveTone: Record<string, string | undefined> = { done: 'good', refused: 'high', limit: 'medium', waiting: 'low', running: 'low', undoing: 'low' }
export const dutyTone: Record<string, string | undefined> = { done: 'good', overdue: 'high', pending: 'low' }
export const outboxTone: Record<string, string | undefined> = { sent: 'good', told: 'good', failed: 'high', approved: 'low', sending: 'low', pending_channel: 'medium' }
