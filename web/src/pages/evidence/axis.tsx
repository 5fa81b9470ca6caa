// A chain as a picture: lanes by role, bubbles by time, lines that say why. On a narrow screen, a vertical time line.
import type { KeyboardEvent } from 'react'
import type { Chain, ChainStep } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { day, daysBetween, minute, percent } from '../../ui/format.ts'
import { Seal } from '../../ui/logo.tsx'
import { Mark } from '../../ui/page.tsx'
import { useWidth } from '../../ui/width.ts'
import { cut, layOut, ROLES, textWidth, type Bubble, type Layout } from './axis-layout.ts'
import './axis.css'

const LANE = 92
const TOP = 44
const NARROW = 480
const COMPACT = 760

type Pick = (steps: ChainStep[]) => void

const pressed = (act: () => void) => (e: KeyboardEvent) => {
  if (e.key === 'Enter' || e.key === ' ') {
    e.preventDefault()
    act()
  }
}

function Wide({ chain, width, onPick, picked }: { chain: Chain; width: number; onPick: Pick; picked?: string }) {
  const { t, label } = useSay()
  const compact = width < COMPACT
  const GUTTER = compact ? 58 : 124
  const EDGE = compact ? 46 : 66
  const layout: Layout = layOut(chain.steps, day, width - GUTTER - EDGE * 2, compact ? 98 : undefined)
  const full = layout.width + GUTTER + EDGE * 2
  const height = TOP + LANE * 4 + 8
  const cx = (b: Bubble) => GUTTER + EDGE + (layout.columns[b.column]?.x ?? 0)
  const cy = (b: Bubble) => TOP + LANE * ROLES.indexOf(b.role) + LANE / 2 - 8
  // Names that would cover one another move apart; one that finds no room is left to the tooltip and the list below.
  const named: { line: Layout['lines'][number]; text: string; x: number; y: number; w: number }[] = []
  for (const line of [...layout.lines].sort((a, b) => b.confidence - a.confidence)) {
    // Two payments that answer one promise say so once where there is little room.
    if (compact && named.some((n) => n.line.from === line.from && n.line.why === line.why)) continue
    const same = Math.abs(cx(line.from) - cx(line.to)) < 2
    const room = Math.max(84, Math.abs(cx(line.to) - cx(line.from)) - 44)
    const text = cut(line.why, Math.min(room, 190), 11.5)
    const w = textWidth(text, 11.5) + 16
    const x = (cx(line.from) + cx(line.to)) / 2 + (same ? 44 : 0)
    const middle = (cy(line.from) + cy(line.to)) / 2
    const y = [0, -24, 24, -46, 46]
      .map((shift) => middle + shift)
      .find((at) => named.every((n) => Math.abs(n.y - at) >= 22 || Math.abs(n.x - x) >= (n.w + w) / 2 + 4))
    if (y !== undefined) named.push({ line, text, x, y, w })
  }
  return (
    <div className="axis-scroll" tabIndex={full > width ? 0 : undefined}>
      <svg
        className="axis"
        width={full}
        height={height}
        role="group"
        aria-label={t('chain.picture', { from: day(chain.from), until: day(chain.until), count: chain.steps.length })}
      >
        {ROLES.map((role, i) => (
          <g key={role} className={`lane ${role}`}>
            <rect x={0} y={TOP + LANE * i} width={full} height={LANE} className={i % 2 ? 'odd' : 'even'} />
            <rect x={0} y={TOP + LANE * i + 18} width={4} height={LANE - 36} rx={2} className="edge" />
            <text x={compact ? 12 : 18} y={TOP + LANE * i + LANE / 2 + (compact ? 4 : -4)} className="lane-name">
              {t(`chain.role.${role}`)}
            </text>
            {compact ? null : (
              <text x={18} y={TOP + LANE * i + LANE / 2 + 14} className="lane-note">
                {cut(t(`chain.roleHint.${role}`), GUTTER + 10, 11)}
              </text>
            )}
          </g>
        ))}
        <line x1={GUTTER} x2={full - 12} y1={TOP} y2={TOP} className="time" />
        {layout.columns.map((c, i) => {
          const x = GUTTER + EDGE + c.x
          const before = layout.columns[i - 1]
          const gap = before ? daysBetween(day(before.at), day(c.at)) : 0
          return (
            <g key={c.at}>
              <line x1={x} x2={x} y1={TOP} y2={height - 8} className="tick" />
              <circle cx={x} cy={TOP} r={3} className="tick-dot" />
              <text x={x} y={TOP - 22} textAnchor="middle" className="tick-date">
                {day(c.at)}
              </text>
              {before ? (
                <text x={GUTTER + EDGE + (before.x + c.x) / 2} y={TOP - 7} textAnchor="middle" className="tick-gap">
                  {t('chain.days', { count: gap })}
                </text>
              ) : null}
            </g>
          )
        })}
        {layout.missing.map((role) => {
          const y = TOP + LANE * ROLES.indexOf(role) + 18
          return (
            <g key={role} className="gap">
              <rect x={GUTTER + 34} y={y} width={full - GUTTER - 60} height={LANE - 36} rx={(LANE - 36) / 2} />
              <text x={GUTTER + 34 + (full - GUTTER - 60) / 2} y={y + (LANE - 36) / 2 + 4} textAnchor="middle">
                {cut(`${t('chain.missing', { role: t(`chain.role.${role}`) })} · ${t('chain.missingNote')}`, full - GUTTER - 100, 12.5)}
              </text>
            </g>
          )
        })}
        {layout.lines.map((l) => {
          const [x1, y1, x2, y2] = [cx(l.from), cy(l.from), cx(l.to), cy(l.to)]
          const bend = Math.max(36, Math.abs(x2 - x1) / 2.4)
          const same = Math.abs(x2 - x1) < 2
          const path = same
            ? `M${x1} ${y1}C${x1 + 58} ${y1} ${x2 + 58} ${y2} ${x2} ${y2}`
            : `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`
          return (
            <path
              key={`${l.from.key}${l.to.key}`}
              d={path}
              className={`link ${l.to.role}`}
              strokeWidth={1.2 + 2.2 * l.confidence}
              strokeDasharray={l.confidence < 0.6 ? '5 5' : undefined}
            >
              <title>{`${l.why} · ${t('chain.sure', { percent: percent(l.confidence) })}`}</title>
            </path>
          )
        })}
        {named.map(({ line: l, text, x, y, w }) => (
          <g key={`label ${l.from.key}${l.to.key}`} className={`link-name ${l.to.role}`}>
            <title>{`${l.why} · ${t('chain.sure', { percent: percent(l.confidence) })}`}</title>
            <rect x={x - w / 2} y={y - 10} width={w} height={20} rx={10} />
            <text x={x} y={y + 4} textAnchor="middle">
              {text}
            </text>
          </g>
        ))}
        {layout.bubbles.map((b) => {
          const first = b.steps[0]
          if (!first) return null
          const r = 12 + 5 * b.confidence
          const on = b.steps.some((s) => s.record === picked)
          const name = `${label('kind', first.kind)}${b.steps.length > 1 ? ` ×${b.steps.length}` : ''}`
          return (
            <g
              key={b.key}
              className={`bubble ${b.role}${on ? ' on' : ''}`}
              role="button"
              tabIndex={0}
              aria-label={`${t(`chain.role.${b.role}`)}, ${minute(b.at)}, ${name}: ${first.why}, ${t('chain.sure', { percent: percent(b.confidence) })}`}
              transform={`translate(${cx(b)} ${cy(b)})`}
              onClick={() => onPick(b.steps)}
              onKeyDown={pressed(() => onPick(b.steps))}
            >
              <title>{first.why}</title>
              <circle r={r + 5} className="halo" />
              <circle r={r} />
              <g transform="translate(-8 -8)" className="stamp">
                <Seal size={16} />
              </g>
              <text y={r + 17} textAnchor="middle">
                {name}
              </text>
            </g>
          )
        })}
      </svg>
    </div>
  )
}

function Narrow({ chain, onPick, picked }: { chain: Chain; onPick: Pick; picked?: string }) {
  const { t, label } = useSay()
  const layout = layOut(chain.steps, day, 0)
  return (
    <ol className="line">
      {layout.bubbles.map((b, i) => {
        const first = b.steps[0]
        const before = layout.bubbles[i - 1]
        const gap = before ? daysBetween(day(before.at), day(b.at)) : null
        if (!first) return null
        return (
          <li key={b.key} className={b.role}>
            {gap != null ? <span className="line-gap">{gap === 0 ? t('chain.sameDay') : t('chain.days', { count: gap })}</span> : null}
            <button
              type="button"
              aria-pressed={b.steps.some((s) => s.record === picked)}
              onClick={() => onPick(b.steps)}
            >
              <span className="line-head">
                <Mark tone={b.role}>{t(`chain.role.${b.role}`)}</Mark>
                <time dateTime={b.at}>{minute(b.at)}</time>
                <Seal size={14} />
              </span>
              <b>
                {label('kind', first.kind)}
                {b.steps.length > 1 ? ` ×${b.steps.length}` : ''}
              </b>
              <span>{first.why}</span>
              <small>{t('chain.sure', { percent: percent(b.confidence) })}</small>
            </button>
          </li>
        )
      })}
      {layout.missing.map((role) => (
        <li key={role} className={`${role} absent`}>
          <div>
            <b>{t('chain.missing', { role: t(`chain.role.${role}`) })}</b>
            <span>{t('chain.missingNote')}</span>
          </div>
        </li>
      ))}
    </ol>
  )
}

export function ChainAxis({ chain, onPick, picked }: { chain: Chain; onPick: Pick; picked?: string }) {
  const [ref, width] = useWidth<HTMLDivElement>()
  return (
    <div ref={ref} className="axis-room">
      {width === 0 ? null : width < NARROW ? (
        <Narrow chain={chain} onPick={onPick} picked={picked} />
      ) : (
        <Wide chain={chain} width={width} onPick={onPick} picked={picked} />
      )}
    </div>
  )
}
