// Shown when a page itself fails: say so, and offer a way on.
import { Component, type ReactNode } from 'react'
import { useLocation } from 'react-router'
import { useSay } from '../i18n/say.ts'
import { Empty } from './page.tsx'
import { Button } from './plain.tsx'

export function Broken({ error }: { error: unknown }) {
  const { t } = useSay()
  // After an upgrade the old page's files are gone from the server; loading afresh mends it.
  const stale = error instanceof TypeError && /import|fetch/i.test(error.message)
  return (
    <div role="alert">
      <Empty
        title={stale ? t('common.upgraded') : t('common.broken')}
        action={<Button onClick={() => window.location.reload()}>{t('common.reload')}</Button>}
      >
        <p>{stale ? t('common.upgradedHint') : error instanceof Error ? error.message : null}</p>
      </Empty>
    </div>
  )
}

interface Seen {
  place: string
  failed: { error: unknown } | null
}

class Catch extends Component<{ place: string; children: ReactNode }, Seen> {
  override state: Seen = { place: this.props.place, failed: null }
  static getDerivedStateFromError = (error: unknown) => ({ failed: { error } })
  /** Another address is another page. */
  static getDerivedStateFromProps = ({ place }: { place: string }, seen: Seen) =>
    place === seen.place ? null : { place, failed: null }
  override render() {
    return this.state.failed ? <Broken error={this.state.failed.error} /> : this.props.children
  }
}

/** Holds a page's failure within the page: what stands around it stays. */
export const Guard = ({ children }: { children: ReactNode }) => <Catch place={useLocation().pathname}>{children}</Catch>
