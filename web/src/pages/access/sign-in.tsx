// Sign-in by password; in the demo company, by choosing a person.
import { useEffect, useState } from 'react'
import { Navigate, useLocation, useNavigate, useSearchParams } from 'react-router'
import { Button, Form, Input } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { Role, Session } from '../../api/types.ts'
import { changeLanguage } from '../../i18n/index.ts'
import { useSay } from '../../i18n/say.ts'
import { adopt, SESSION, useSession } from '../../session.tsx'
import { FormProblem } from '../../ui/act.tsx'
import { Logo } from '../../ui/logo.tsx'
import { Failed, Loading } from '../../ui/page.tsx'
import './sign-in.css'

/** Only a path of this site may follow a sign-in. */
const safeNext = (next: string | null) => (next?.startsWith('/') && !next.startsWith('//') ? next : '/')

function Demo({ onEnter }: { onEnter: (s: Session) => void }) {
  const { t, label } = useSay()
  const people = useQuery({ queryKey: ['demo'], queryFn: api.session.demoPeople, staleTime: Infinity })
  const enter = useMutation({ mutationFn: (role: Role) => api.session.signIn({ demo: role }), onSuccess: onEnter })
  if (people.error) return <Failed error={people.error} retry={() => void people.refetch()} />
  return (
    <>
      <h2>{t('signIn.demoTitle')}</h2>
      <p className="quiet">{t('signIn.demoLead')}</p>
      <FormProblem error={enter.error} />
      <ul className="people">
        {people.data ? (
          people.data.items.map((p) => (
            <li key={p.role}>
              <button type="button" disabled={enter.isPending} onClick={() => enter.mutate(p.role)}>
                <i aria-hidden="true">{p.name.slice(-1)}</i>
                <span>
                  <b>
                    {p.name}
                    <em>{label('role', p.role)}</em>
                  </b>
                  <small>{t(`signIn.sees.${p.role}`, { defaultValue: p.title })}</small>
                </span>
              </button>
            </li>
          ))
        ) : (
          <li>
            <Loading />
          </li>
        )}
      </ul>
    </>
  )
}

function Password({ onEnter }: { onEnter: (s: Session) => void }) {
  const { t } = useSay()
  const enter = useMutation({ mutationFn: api.session.signIn, onSuccess: onEnter })
  return (
    <Form<{ login: string; password: string }>
      layout="vertical"
      requiredMark={false}
      onFinish={(v) => enter.mutate(v)}
      disabled={enter.isPending}
    >
      <FormProblem error={enter.error} />
      <Form.Item name="login" label={t('signIn.login')} rules={[{ required: true, message: t('signIn.loginNeeded') }]}>
        <Input autoComplete="username" autoFocus size="large" />
      </Form.Item>
      <Form.Item
        name="password"
        label={t('signIn.password')}
        rules={[{ required: true, message: t('signIn.passwordNeeded') }]}
      >
        <Input.Password autoComplete="current-password" size="large" />
      </Form.Item>
      <Button type="primary" htmlType="submit" size="large" block loading={enter.isPending}>
        {t('signIn.enter')}
      </Button>
      <p className="quiet hint">{t('signIn.lockout')}</p>
    </Form>
  )
}

export default function SignIn() {
  const { t, en } = useSay()
  const session = useSession()
  const queries = useQueryClient()
  const go = useNavigate()
  const [search] = useSearchParams()
  const next = safeNext(search.get('next'))
  const [byPassword, setByPassword] = useState(false)
  const expired = (useLocation().state as { expired?: boolean } | null)?.expired === true
  useEffect(() => {
    document.title = `${t('signIn.enter')} · ${t('common.product')}`
  }, [t])
  const entered = (s: Session) => {
    queries.clear()
    queries.setQueryData(SESSION, adopt(s))
    void go(next, { replace: true })
  }
  if (session.data?.needs_setup && !session.data.user) return <Navigate to="/setup" replace />
  if (session.data?.user && !session.data.demo) return <Navigate to={next} replace />
  const demo = session.data?.demo && !byPassword
  return (
    <div className="gate">
      <header>
        <Logo size={44} />
        <h1>
          守正<span>Probity</span>
        </h1>
        <p>{t('signIn.promise')}</p>
        <ul>
          <li>{t('signIn.point1')}</li>
          <li>{t('signIn.point2')}</li>
          <li>{t('signIn.point3')}</li>
        </ul>
        <button type="button" className="language" onClick={() => void changeLanguage(en ? 'zh-CN' : 'en')}>
          {en ? '中文' : 'English'}
        </button>
      </header>
      <main>
        <div className="gate-box">
          {expired ? (
            <p className="notice" role="status">
              {t('signIn.expired')}
            </p>
          ) : null}
          {session.error && !session.data ? (
            <Failed error={session.error} retry={() => void session.refetch()} />
          ) : session.isPending ? (
            <Loading />
          ) : demo ? (
            <Demo onEnter={entered} />
          ) : (
            <>
              <h2>{t('signIn.title', { company: session.data?.company?.name || t('common.product') })}</h2>
              <Password onEnter={entered} />
            </>
          )}
          {session.data?.demo ? (
            <Button type="link" className="other-way" onClick={() => setByPassword(!byPassword)}>
              {byPassword ? t('signIn.byPerson') : t('signIn.byPassword')}
            </Button>
          ) : null}
        </div>
      </main>
    </div>
  )
}
