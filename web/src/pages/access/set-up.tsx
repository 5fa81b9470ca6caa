// First set-up: the one-time code makes the administrator, then the company, its names, first people and first source.
import { useEffect, useState } from 'react'
import { Navigate, useNavigate } from 'react-router'
import { Button, Form, Input } from 'antd'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from '../../api/index.ts'
import type { CompanySettings, CreateUser, Link, User } from '../../api/types.ts'
import { changeLanguage } from '../../i18n/index.ts'
import { useSay } from '../../i18n/say.ts'
import { useSession } from '../../session.tsx'
import { adopt, SESSION } from '../../session-query.ts'
import { FormProblem } from '../../ui/act.tsx'
import { Logo } from '../../ui/logo.tsx'
import { Failed, Loading, Mark } from '../../ui/page.tsx'
import { SourceFields, sourceBody, type SourceValues } from '../intake/source-form.tsx'
import { CompanyFields, OwnNames } from './company-form.tsx'
import { LinkOnce } from './link-once.tsx'
import { UserFields } from './user-form.tsx'
import './sign-in.css'

const STEPS = ['admin', 'company', 'names', 'users', 'source'] as const
type Step = (typeof STEPS)[number] | 'finished'

function Admin({ onDone }: { onDone: () => void }) {
  const { t } = useSay()
  const queries = useQueryClient()
  const make = useMutation({
    mutationFn: api.session.setUp,
    onSuccess: (s) => {
      // The wizard goes on while this session already exists.
      queries.setQueryData(SESSION, adopt(s))
      onDone()
    },
  })
  return (
    <Form<{ code: string; name: string; login: string; password: string }> layout="vertical" requiredMark={false} onFinish={(v) => make.mutate(v)}>
      <p className="quiet">{t('setUp.adminLead')}</p>
      <FormProblem error={make.error} />
      <Form.Item name="code" label={t('setUp.code')} rules={[{ required: true, whitespace: true, message: t('setUp.codeNeeded') }]}>
        <Input className="mono" autoFocus autoComplete="one-time-code" />
      </Form.Item>
      <Form.Item name="name" label={t('setUp.yourName')} rules={[{ required: true, whitespace: true, message: t('common.needed') }]}>
        <Input autoComplete="name" />
      </Form.Item>
      <Form.Item name="login" label={t('signIn.login')} rules={[{ required: true, whitespace: true, message: t('signIn.loginNeeded') }]}>
        <Input autoComplete="username" />
      </Form.Item>
      <Form.Item
        name="password"
        label={t('signIn.password')}
        extra={t('users.passwordShort')}
        rules={[{ required: true, message: t('signIn.passwordNeeded') }, { min: 10, message: t('users.passwordShort') }]}
      >
        <Input.Password autoComplete="new-password" />
      </Form.Item>
      <Button type="primary" htmlType="submit" loading={make.isPending}>
        {t('setUp.next')}
      </Button>
    </Form>
  )
}

function Company({ step, company, onDone }: { step: 'company' | 'names'; company: CompanySettings; onDone: (c: CompanySettings) => void }) {
  const { t } = useSay()
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: (v: Partial<CompanySettings>) => api.company.save({ ...company, ...v }),
    onSuccess: (_, v) => {
      void queries.invalidateQueries({ queryKey: SESSION })
      onDone({ ...company, ...v })
    },
  })
  return (
    <Form<Partial<CompanySettings>> key={step} layout="vertical" requiredMark={false} initialValues={company} onFinish={(v) => save.mutate(v)}>
      <p className="quiet">{t(step === 'company' ? 'company.lead' : 'setUp.namesLead')}</p>
      <FormProblem error={save.error} />
      {step === 'company' ? (
        <CompanyFields focus />
      ) : (
        <OwnNames focus />
      )}
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {t('setUp.next')}
      </Button>
    </Form>
  )
}

function People({ onDone }: { onDone: () => void }) {
  const { t, label } = useSay()
  const [form] = Form.useForm<CreateUser>()
  const [added, setAdded] = useState<User[]>([])
  const [shown, setShown] = useState<{ user: User; link: Link } | null>(null)
  const make = useMutation({
    mutationFn: (v: CreateUser) => api.users.create({ ...v, employee: v.employee || null }),
    onSuccess: ({ user, link }) => {
      setAdded([...added, user])
      if (link) setShown({ user, link })
      form.resetFields()
    },
  })
  return (
    <Form form={form} layout="vertical" requiredMark={false} initialValues={{ role: 'hr' }} onFinish={(v) => make.mutate(v)}>
      <p className="quiet">{t('setUp.usersLead')}</p>
      {added.length ? (
        <p className="row" role="status">
          {t('setUp.added')}
          {added.map((u) => (
            <Mark key={u.id} tone="good">
              {u.name} · {label('role', u.role)}
            </Mark>
          ))}
        </p>
      ) : null}
      {shown ? <LinkOnce link={shown.link} name={shown.user.name} onClose={() => setShown(null)} /> : null}
      <FormProblem error={make.error} />
      <UserFields fresh />
      <div className="row">
        <Button htmlType="submit" loading={make.isPending}>
          {t('users.add')}
        </Button>
        <Button type="primary" onClick={onDone}>
          {added.length ? t('setUp.next') : t('setUp.later')}
        </Button>
      </div>
    </Form>
  )
}

function FirstSource({ onDone }: { onDone: () => void }) {
  const { t } = useSay()
  const save = useMutation({ mutationFn: (v: SourceValues) => api.sources.save(sourceBody(v)), onSuccess: onDone })
  return (
    <Form<SourceValues> layout="vertical" requiredMark={false} onFinish={(v) => save.mutate(v)}>
      <p className="quiet">{t('setUp.sourceLead')}</p>
      <FormProblem error={save.error} />
      <SourceFields fresh />
      <div className="row">
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('setUp.done')}
        </Button>
        <Button onClick={onDone}>{t('setUp.later')}</Button>
      </div>
    </Form>
  )
}

export default function SetUp() {
  const { t, en } = useSay()
  const session = useSession()
  const go = useNavigate()
  useEffect(() => {
    document.title = `${t('setUp.title')} · ${t('common.product')}`
  }, [t])
  const [step, setStep] = useState<Step>('admin')
  const [company, setCompany] = useState<CompanySettings>({ name: '', time_zone: 'Asia/Shanghai', currency: 'CNY', own_names: [] })
  if (session.isPending) return <Loading />
  if (session.error && !session.data) return <Failed error={session.error} retry={() => void session.refetch()} />
  if (step === 'admin' && (!session.data?.needs_setup || session.data.user)) return <Navigate to="/" replace />
  const now = step === 'finished' ? STEPS.length : STEPS.indexOf(step)
  return (
    <div className="gate">
      <header>
        <Logo size={44} />
        <h1>
          守正<span>Probity</span>
        </h1>
        <p>{t('setUp.title')}</p>
        <ol className="wizard">
          {STEPS.map((s, i) => (
            <li key={s} className={i < now ? 'past' : i === now ? 'now' : ''} aria-current={i === now ? 'step' : undefined}>
              <i aria-hidden="true">{i < now ? '✓' : i + 1}</i>
              {t(`setUp.step.${s}`)}
            </li>
          ))}
        </ol>
        <button type="button" className="language" lang={en ? 'zh-CN' : 'en'} onClick={() => void changeLanguage(en ? 'zh-CN' : 'en')}>
          {en ? '中文' : 'English'}
        </button>
      </header>
      <main>
        <div className="gate-box">
          <h2 tabIndex={-1} key={step}>{step === 'finished' ? t('setUp.finished') : t(`setUp.step.${step}`)}</h2>
          {step === 'admin' ? <Admin onDone={() => setStep('company')} /> : null}
          {step === 'company' || step === 'names' ? (
            <Company
              step={step}
              company={company}
              onDone={(c) => {
                setCompany(c)
                setStep(step === 'company' ? 'names' : 'users')
              }}
            />
          ) : null}
          {step === 'users' ? <People onDone={() => setStep('source')} /> : null}
          {step === 'source' ? <FirstSource onDone={() => setStep('finished')} /> : null}
          {step === 'finished' ? (
            <>
              <p className="quiet" style={{ marginBottom: 20 }}>
                {t('setUp.finishedLead')}
              </p>
              <div className="row">
                <Button type="primary" onClick={() => void go('/imports')}>
                  {t('setUp.toImport')}
                </Button>
                <Button onClick={() => void go('/')}>{t('setUp.toHome')}</Button>
              </div>
            </>
          ) : null}
        </div>
      </main>
    </div>
  )
}
