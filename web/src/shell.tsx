// The frame around every signed-in page: the rail with what this person may open, and the content.
import { Suspense, useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { Navigate, Link, Outlet, useLocation } from 'react-router'
import AlertOutlined from '@ant-design/icons-svg/es/asn/AlertOutlined'
import ApartmentOutlined from '@ant-design/icons-svg/es/asn/ApartmentOutlined'
import ApiOutlined from '@ant-design/icons-svg/es/asn/ApiOutlined'
import AuditOutlined from '@ant-design/icons-svg/es/asn/AuditOutlined'
import BankOutlined from '@ant-design/icons-svg/es/asn/BankOutlined'
import BookOutlined from '@ant-design/icons-svg/es/asn/BookOutlined'
import ClusterOutlined from '@ant-design/icons-svg/es/asn/ClusterOutlined'
import ControlOutlined from '@ant-design/icons-svg/es/asn/ControlOutlined'
import DatabaseOutlined from '@ant-design/icons-svg/es/asn/DatabaseOutlined'
import ExceptionOutlined from '@ant-design/icons-svg/es/asn/ExceptionOutlined'
import EyeOutlined from '@ant-design/icons-svg/es/asn/EyeOutlined'
import FileProtectOutlined from '@ant-design/icons-svg/es/asn/FileProtectOutlined'
import FolderOpenOutlined from '@ant-design/icons-svg/es/asn/FolderOpenOutlined'
import FormOutlined from '@ant-design/icons-svg/es/asn/FormOutlined'
import HomeOutlined from '@ant-design/icons-svg/es/asn/HomeOutlined'
import IdcardOutlined from '@ant-design/icons-svg/es/asn/IdcardOutlined'
import ImportOutlined from '@ant-design/icons-svg/es/asn/ImportOutlined'
import KeyOutlined from '@ant-design/icons-svg/es/asn/KeyOutlined'
import LaptopOutlined from '@ant-design/icons-svg/es/asn/LaptopOutlined'
import LinkOutlined from '@ant-design/icons-svg/es/asn/LinkOutlined'
import MailOutlined from '@ant-design/icons-svg/es/asn/MailOutlined'
import MenuOutlined from '@ant-design/icons-svg/es/asn/MenuOutlined'
import PartitionOutlined from '@ant-design/icons-svg/es/asn/PartitionOutlined'
import ReadOutlined from '@ant-design/icons-svg/es/asn/ReadOutlined'
import SafetyOutlined from '@ant-design/icons-svg/es/asn/SafetyOutlined'
import ShopOutlined from '@ant-design/icons-svg/es/asn/ShopOutlined'
import SolutionOutlined from '@ant-design/icons-svg/es/asn/SolutionOutlined'
import SwapOutlined from '@ant-design/icons-svg/es/asn/SwapOutlined'
import StopOutlined from '@ant-design/icons-svg/es/asn/StopOutlined'
import TeamOutlined from '@ant-design/icons-svg/es/asn/TeamOutlined'
import UserOutlined from '@ant-design/icons-svg/es/asn/UserOutlined'
import UserSwitchOutlined from '@ant-design/icons-svg/es/asn/UserSwitchOutlined'
import { useQuery } from '@tanstack/react-query'
import { changeLanguage } from './i18n/index.ts'
import { useSay } from './i18n/say.ts'
import { useLive } from './live.ts'
import { alertSummary } from './pages/alerts/queue-query.ts'
import { useMay, useSession, useSignOut } from './session.tsx'
import { useOnline } from './ui/online.ts'
import { Boot } from './ui/boot.tsx'
import { Guard } from './ui/broken.tsx'
import { Glyph } from './ui/glyph.tsx'
import { Logo } from './ui/logo.tsx'
import { Card, Empty, Failed, Loading, Page } from './ui/page.tsx'

function Brand() {
  return (
    <Link to="/" className="brand">
      <Logo />
      <div>
        <b>守正</b>
        <span>PROBITY</span>
      </div>
    </Link>
  )
}

const links = [
  { group: 'work', to: '/', key: 'home', icon: HomeOutlined, needs: [] },
  { group: 'work', to: '/mine', key: 'mine', icon: IdcardOutlined, needs: ['self.see'] },
  { group: 'work', to: '/my-access', key: 'myAccess', icon: SafetyOutlined, needs: ['self.see'] },
  { group: 'work', to: '/alerts', key: 'alerts', icon: AlertOutlined, needs: ['alerts.see'] },
  { group: 'work', to: '/chains', key: 'chains', icon: ApartmentOutlined, needs: ['alerts.see@all'] },
  { group: 'work', to: '/cases', key: 'cases', icon: FolderOpenOutlined, needs: ['cases.see'] },
  { group: 'work', to: '/handovers', key: 'handovers', icon: SwapOutlined, needs: ['handovers.see'] },
  { group: 'work', to: '/outbox', key: 'outbox', icon: MailOutlined, needs: ['outbox.see', 'company.edit'] },
  { group: 'facts', to: '/employees', key: 'employees', icon: UserOutlined, needs: ['people.see@team'] },
  { group: 'facts', to: '/departments', key: 'departments', icon: ClusterOutlined, needs: ['people.see@team'] },
  { group: 'facts', to: '/contracts', key: 'contracts', icon: FileProtectOutlined, needs: ['contracts.see@team'] },
  { group: 'facts', to: '/assets', key: 'assets', icon: LaptopOutlined, needs: ['assets.see'] },
  { group: 'facts', to: '/policies', key: 'policies', icon: ReadOutlined, needs: ['policies.edit', 'policies.approve'] },
  { group: 'facts', to: '/interests', key: 'interests', icon: LinkOutlined, needs: ['people.edit'] },
  { group: 'facts', to: '/requests', key: 'requests', icon: FormOutlined, needs: ['requests.answer'] },
  { group: 'facts', to: '/restrictions', key: 'restrictions', icon: StopOutlined, needs: ['restrictions.see'] },
  { group: 'facts', to: '/customers', key: 'customers', icon: TeamOutlined, needs: ['customers.see'] },
  { group: 'facts', to: '/companies', key: 'companies', icon: ShopOutlined, needs: ['companies.edit', 'companies.see'] },
  { group: 'facts', to: '/records', key: 'records', icon: DatabaseOutlined, needs: ['records.see'] },
  { group: 'intake', to: '/sources', key: 'sources', icon: ApiOutlined, needs: ['sources.see', 'sources.edit'] },
  { group: 'intake', to: '/imports', key: 'imports', icon: ImportOutlined, needs: ['imports.run'] },
  { group: 'intake', to: '/quarantine', key: 'quarantine', icon: ExceptionOutlined, needs: ['quarantine.act', 'quarantine.see'] },
  { group: 'trust', to: '/rules', key: 'rules', icon: ControlOutlined, needs: ['alerts.see'] },
  { group: 'trust', to: '/lexicon', key: 'lexicon', icon: BookOutlined, needs: ['lexicon.see', 'lexicon.edit'] },
  { group: 'trust', to: '/evidence-log', key: 'log', icon: AuditOutlined, needs: ['log.see'] },
  { group: 'trust', to: '/looks', key: 'looks', icon: EyeOutlined, needs: ['looks.see'] },
  { group: 'trust', to: '/processes', key: 'processes', icon: PartitionOutlined, needs: ['processes.edit'] },
  { group: 'admin', to: '/company', key: 'company', icon: BankOutlined, needs: ['company.edit'] },
  { group: 'admin', to: '/roles', key: 'roles', icon: SolutionOutlined, needs: ['roles.see'] },
  { group: 'admin', to: '/users', key: 'users', icon: UserSwitchOutlined, needs: ['users.edit', 'users.approve'] },
  { group: 'admin', to: '/tokens', key: 'tokens', icon: KeyOutlined, needs: ['tokens.edit'] },
] as const

/** What stays open to somebody who has left; the first is where they arrive. */
const ownPages = ['/mine', '/my-access', '/handovers', '/snapshots', '/account']

/** The entry of the rail that a page belongs to. A chain's address begins with its employee, but readers come from the chains. */
const placeInRail = (path: string) =>
  /\/chains\//.test(path) ? '/chains' : /^\/(promises|reassignments)/.test(path) ? '/customers' : `/${path.split('/')[1] ?? ''}`

function Rail({ onPick }: { onPick?: () => void }) {
  const { t, en, label } = useSay()
  const { data: session } = useSession()
  const may = useMay()
  const signOut = useSignOut()
  const here = placeInRail(useLocation().pathname)
  const summary = useQuery({ ...alertSummary, enabled: may('alerts.see') })
  const waiting = summary.data ? summary.data.open.high + summary.data.open.medium + summary.data.open.low : 0
  const left = session?.standing === 'left'
  const shown = links.filter((l) => (left ? ownPages.includes(l.to) : l.needs.length === 0 || may(...l.needs)))
  const groups = [...new Set(shown.map((l) => l.group))]
  return (
    <>
      <Brand />
      <nav aria-label={t('nav.main')}>
        {groups.map((group) => (
          <div key={group}>
            {group === 'work' ? null : <h2>{t(`nav.group.${group}`)}</h2>}
            {shown
              .filter((l) => l.group === group)
              .map((l) => (
                <Link key={l.to} to={l.to} onClick={onPick} aria-current={l.to === here ? 'page' : undefined}>
                  <span aria-hidden="true">
                    <Glyph of={l.icon} />
                  </span>
                  {t(`nav.${l.key}`)}
                  {l.key === 'alerts' && waiting > 0 ? (
                    <em aria-label={t('nav.waiting', { count: waiting })}>{waiting}</em>
                  ) : null}
                </Link>
              ))}
          </div>
        ))}
      </nav>
      <div className="whoami">
        <Link to="/account" className="me" onClick={onPick} aria-current={here === '/account' ? 'page' : undefined}>
          <b>{session?.user?.name}</b>
          <span>
            {[session?.user?.role_name ?? label('role', session?.user?.role), session?.company?.name].filter(Boolean).join(' · ')}
          </span>
          <em>{t('nav.account')}</em>
        </Link>
        <div>
          <button type="button" lang={en ? 'zh-CN' : 'en'} onClick={() => void changeLanguage(en ? 'zh-CN' : 'en')}>
            {en ? '中文' : 'English'}
          </button>
          <button type="button" onClick={() => void signOut()}>
            {t('nav.signOut')}
          </button>
        </div>
      </div>
    </>
  )
}

/** Instead of a page whose every question would be refused. The server refuses all the same. */
function Barred() {
  const { t, label } = useSay()
  const user = useSession().data?.user
  return (
    <Page title={t('common.forbidden')}>
      <Card flush>
        <Empty title={t('common.forbidden')} action={<Link to="/">{t('common.home')}</Link>}>
          <p>{t('common.forbiddenHint', { role: user?.role_name ?? label('role', user?.role) })}</p>
        </Empty>
      </Card>
    </Page>
  )
}

export function Shell() {
  const { t } = useSay()
  const session = useSession()
  const menu = useRef<HTMLDialogElement>(null)
  const [menuWanted, setMenuWanted] = useState(false)
  const showMenu = () => {
    // Drawn when first asked for, and before it opens, so that the focus finds its first entry.
    flushSync(() => setMenuWanted(true))
    menu.current?.showModal()
  }
  const place = useLocation()
  const main = useRef<HTMLElement>(null)
  const first = useRef(true)
  // Told apart from a first visit: who was signed in a moment ago should learn why not any more.
  const had = useRef(false)
  if (session.data?.user) had.current = true
  const online = useOnline()
  useLive(Boolean(session.data?.user))

  // After a change of page the reading position goes to its beginning, for eyes and for screen readers.
  useEffect(() => {
    if (first.current) {
      first.current = false
      return
    }
    window.scrollTo(0, 0)
    main.current?.focus({ preventScroll: true })
  }, [place.pathname])

  const may = useMay()
  const room = links.find((l) => l.to === placeInRail(place.pathname))
  const barred = room && room.needs.length > 0 && !may(...room.needs)

  if (session.isPending) return <Boot />
  if (session.error && !session.data) return <Failed error={session.error} retry={() => void session.refetch()} />
  if (session.data?.needs_setup && !session.data.user) return <Navigate to="/setup" replace />
  if (!session.data?.user) {
    const next = place.pathname + place.search
    return (
      <Navigate
        to={next === '/' ? '/signin' : `/signin?next=${encodeURIComponent(next)}`}
        state={{ expired: had.current }}
        replace
      />
    )
  }
  // Nothing else opens before the second factor that the company asks for.
  if (session.data.must_enrol && place.pathname !== '/account') return <Navigate to="/account" replace />

  // Of the company nothing is open any more to somebody who has left: every address leads to the own pages.
  const here = placeInRail(place.pathname)
  if (session.data.standing === 'left' && !ownPages.includes(here)) return <Navigate to={ownPages[0] ?? '/'} replace />

  return (
    <div className="shell">
      <a className="skip" href="#content">
        {t('nav.skip')}
      </a>
      <aside className="rail side">
        <Rail />
      </aside>
      <div>
        <div className="topbar">
          <Brand />
          <button type="button" aria-label={t('nav.menu')} aria-haspopup="dialog" onClick={showMenu}>
            <Glyph of={MenuOutlined} />
          </button>
        </div>
        {online ? null : (
          <div className="offline" role="status">
            {t('common.offline')}
          </div>
        )}
        {session.data.demo ? (
          <div className="demo-strip">
            {t('nav.demo')} <Link to="/signin">{t('nav.demoSwitch')}</Link>
          </div>
        ) : null}
        <main className="page" id="content" tabIndex={-1} ref={main}>
          {barred ? (
            <Barred key={place.pathname} />
          ) : (
            <Guard>
              <Suspense fallback={<Loading />}>
                <Outlet />
              </Suspense>
            </Guard>
          )}
        </main>
      </div>
      <dialog
        ref={menu}
        className="menu"
        aria-label={t('nav.main')}
        onClick={(e) => {
          // A click on the backdrop is a click on the dialog itself.
          if (e.target === menu.current) menu.current.close()
        }}
      >
        <div className="rail">{menuWanted ? <Rail onPick={() => menu.current?.close()} /> : null}</div>
      </dialog>
    </div>
  )
}
