// A chain's score as a bar with the alert line, and which of the four steps it rests on.
import type { Chain } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { Mark } from '../../ui/page.tsx'
import { ROLES } from './axis-layout.ts'
import './axis.css'

export const tone = (score: number) => (score >= 0.7 ? 'high' : score >= 0.5 ? 'medium' : 'low')

export function RoleMarks({ chain }: { chain: Pick<Chain, 'steps'> }) {
  const { t } = useSay()
  const there = new Set(chain.steps.map((s) => s.role))
  return (
    <span className="roles">
      {ROLES.map((r) =>
        there.has(r) ? (
          <Mark key={r} tone={r}>
            {t(`chain.role.${r}`)}
          </Mark>
        ) : (
          <span key={r} className="mark" style={{ background: 'none', outline: '1px dashed #b9c5bf', outlineOffset: -1, opacity: 0.85 }}>
            {t('chain.missing', { role: t(`chain.role.${r}`) })}
          </span>
        ),
      )}
    </span>
  )
}

export function Score({ chain }: { chain: Chain }) {
  const { t } = useSay()
  const share = Math.max(0, Math.min(1, chain.score))
  return (
    <div className="score">
      <div className="score-head">
        <b style={{ color: share >= 0.7 ? 'var(--cinnabar)' : 'var(--ink)' }}>{chain.score.toFixed(2)}</b>
        <span className="quiet">{t('chain.score')}</span>
      </div>
      <div className="score-bar" role="img" aria-label={t('chain.scoreOf', { score: chain.score.toFixed(2) })}>
        <i style={{ width: `${share * 100}%`, ['--whole' as string]: `${100 / Math.max(share, 0.01)}%` }} />
        <em style={{ left: '70%' }} />
      </div>
      <div className="score-marks" aria-hidden="true">
        <span style={{ left: '70%' }}>{t('chain.threshold')}</span>
      </div>
      <RoleMarks chain={chain} />
    </div>
  )
}
