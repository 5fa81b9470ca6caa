// Sign-in by password and code, or by passkey; in the demo company, by choosing a person.
import { useEffect, useState } from 'react'
import { Navigate, useLocation, useNavigate, useSearchParams } from 'react-router'
import { Button, Form, Input } from 'antd'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import { Problem } from '../../api/http.ts'
import type { Role, Session } from '../../api/types.ts'
import { useSay } from '../../i18n/say.ts'
import { useSession } from '../../session.tsx'
import { adopt, SESSION } from '../../session-query.ts'
import { FormProblem } from '../../ui/act.tsx'
import { Failed, Loading } from '../../ui/page.tsx'
import { Gate } from './gate.tsx'
import { answerWithPasskey, hasPasskeys } from './passkey.ts'

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

function Passkey({ onEnter }: { onEnter: (s: Session) => void }) {
  const { t } = useSay()
  const enter = useMutation({
    mutationFn: async () => {
      const asked = await api.session.askPasskey()
      const answer = await answerWithPasskey(asked.challenge, asked.host)
      return answer && api.session.signInByPasskey(answer)
    },
    onSuccess: (s) => s && onEnter(s),
  })
  if (!hasPasskeys()) return null
  return (
    <div style={{ marginTop: 12 }}>
      <FormProblem error={enter.error} />
      <Button size="large" block loading={enter.isPending} onClick={() => enter.mutate()}>
        {t('signIn.byPasskey')}
      </Button>
    </div>
  )
}

const codeIsAsked = (error: unknown) =>
  error instanceof Problem && (error.body.code === 'second_factor_needed' || error.body.code === 'second_factor_wrong')

function Password({ onEnter }: { onEnter: (s: Session) => void }) {
  const { t } = useSay()
  const [form] = Form.useForm<{ login: string; password: string; code?: string }>()
  // Asked for once, it stays: a mistyped password in between must not take the box away.
  const [asksCode, setAsksCode] = useState(false)
  const enter = useMutation({
    mutationFn: api.session.signIn,
    onSuccess: onEnter,
    onError: (error) => {
      if (codeIsAsked(error)) setAsksCode(true)
      form.setFieldValue('code', undefined)
    },
  })
  const justAsked = enter.error instanceof Problem && enter.error.body.code === 'second_factor_needed'
  return (
    <>
      <Form form={form} layout="vertical" requiredMark={false} onFinish={(v) => enter.mutate(v)} disabled={enter.isPending}>
        {justAsked ? (
          <p className="notice" role="status">
            {(enter.error as Problem).message}
          </p>
        ) : (
          <FormProblem error={enter.error} />
        )}
        <Form.Item name="login" label={t('signIn.login')} rules={[{ required: true, message: t('signIn.loginNeeded') }]}>
          <Input autoComplete="username webauthn" autoFocus size="large" />
        </Form.Item>
        <Form.Item name="password" label={t('signIn.password')} rules={[{ required: true, message: t('signIn.passwordNeeded') }]}>
          <Input.Password autoComplete="current-password" size="large" />
        </Form.Item>
        {asksCode ? (
          <Form.Item name="code" label={t('signIn.code')} extra={t('signIn.codeHint')} rules={[{ required: true, message: t('signIn.codeNeeded') }]}>
            <Input autoComplete="one-time-code" inputMode="text" autoFocus size="large" className="mono" maxLength={14} />
          </Form.Item>
        ) : null}
        <Button type="primary" htmlType="submit" size="large" block loading={enter.isPending}>
          {t('signIn.enter')}
        </Button>
      </Form>
      <Passkey onEnter={onEnter} />
      <p className="quiet hint">{t('signIn.lockout')}</p>
    </>
  )
}

export default function SignIn() {
  const { t } = useSay()
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
    <Gate>
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
    </Gate>
  )
}
